import jsonpatch from 'fast-json-patch'
import type { JsonPatch } from '../api/json-patch.ts'
import { DomainError } from '../domain/errors.ts'

/** A patched document is no longer than this; copying a list into itself again and again would double it with every step. */
const LONGEST_DOCUMENT = 1_000_000

const neverNamed = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Applies a JSON Patch (RFC 6902) to a copy of the document and returns the copy. Refuses (invalid, the step named) paths other than the
 * allowed ones and what lies below them, steps that cannot be done, and tests that fail. What comes out still has to be checked.
 */
export function applyPatch<T extends object>(document: T, patch: JsonPatch, allowedPaths: readonly string[]): T {
  let patched = structuredClone(document)
  for (const [index, step] of patch.entries()) {
    mayName(step.path, `[${index}].path`, allowedPaths)
    if (step.op === 'move' || step.op === 'copy') mayName(step.from ?? '', `[${index}].from`, allowedPaths)
    patched = applyStep(patched, step, index)
  }
  return patched
}

function mayName(path: string, field: string, allowedPaths: readonly string[]): void {
  const segments = path.split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
  const allowed = allowedPaths.some((one) => path === one || path.startsWith(`${one}/`))
  if (allowed && !segments.some((segment) => neverNamed.has(segment))) return
  throw new DomainError('invalid', `${path === '' ? 'the whole' : path} cannot be changed; what can be: ${allowedPaths.join(', ')}.`, field)
}

function applyStep<T extends object>(document: T, step: JsonPatch[number], index: number): T {
  try {
    const { newDocument } = jsonpatch.applyOperation(document, step as jsonpatch.Operation, true, false)
    if (step.op === 'copy' && JSON.stringify(newDocument).length > LONGEST_DOCUMENT) throw new Error('the document grows too long.')
    return newDocument
  } catch (error) {
    throw new DomainError('invalid', reasonOf(error), `[${index}]`)
  }
}

/** The library's first line says what is wrong; the lines after it repeat the document. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
  return text === '' ? 'cannot be done.' : text
}
