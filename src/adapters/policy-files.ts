import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml'
import type { PolicyIssue } from '../domain/policy/issue.ts'
import type { PolicyNode } from '../domain/policy/node.ts'

/** One document of a file, or what kept it from being read. */
export interface PolicyFile {
  file: string
  nodes: PolicyNode[]
  issues: PolicyIssue[]
}

const isYaml = (name: string) => /\.ya?ml$/.test(name)
/** Scenarios lie beside the policies they try. */
export const isScenarioFile = (name: string) => /\.test\.ya?ml$/.test(name)

/** The YAML files under a path, in the order of their names: a file itself, or those of a folder and its folders. */
export async function listPolicyFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && isYaml(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Reads a file of one or more documents into nodes that know their lines. What is no YAML is an issue, not an error. */
export async function readPolicyFile(file: string): Promise<PolicyFile> {
  return { file, ...readPolicyText(await readFile(file, 'utf8')) }
}

/** The same from text. */
export function readPolicyText(text: string): Omit<PolicyFile, 'file'> {
  const lines = new LineCounter()
  // Dates stay text, and `off` is a word: only what is said to be a number or a flag is one.
  const parsed = parseAllDocuments(text, { lineCounter: lines, version: '1.2', merge: false, uniqueKeys: false })
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : []
  const issues = documents
    .flatMap((document) => [...document.errors, ...document.warnings])
    .map((error): PolicyIssue => {
      const { line } = lines.linePos(error.pos[0])
      return { code: 'not-yaml', severity: 'error', line, message: error.message.split('\n')[0] ?? error.code }
    })
  issues.push(...documents.flatMap((document) => brokenAliases(document, lines)))
  if (issues.length > 0) return { nodes: [], issues }
  const nodes = documents.flatMap((document) => (document.contents ? [nodeOf(document.contents, document, lines)] : []))
  if (nodes.length === 0)
    issues.push({ code: 'nothing-said', severity: 'error', line: 1, message: 'The file is empty: there is no policy in it.' })
  return { nodes, issues }
}

/** An alias stands for something written before it, and not for something that it is a part of. */
function brokenAliases(document: Document.Parsed, lines: LineCounter): PolicyIssue[] {
  const issues: PolicyIssue[] = []
  visit(document, {
    Alias(_key, alias, path) {
      const meant = alias.resolve(document)
      if (meant && !path.includes(meant)) return
      const { line } = lines.linePos(alias.range?.[0] ?? 0)
      issues.push({ code: 'not-yaml', severity: 'error', line, message: `*${alias.source} leads nowhere.` })
    },
  })
  return issues
}

function nodeOf(node: Node | null, document: Document.Parsed, lines: LineCounter, above = 1): PolicyNode {
  const line = node?.range ? lines.linePos(node.range[0]).line : above
  if (isAlias(node)) return nodeOf(node.resolve(document) ?? null, document, lines, line)
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => {
      const keyLine = isScalar(key) && key.range ? lines.linePos(key.range[0]).line : line
      return {
        key: isScalar(key) ? String(key.value) : String(key),
        line: keyLine,
        node: nodeOf(value as Node | null, document, lines, keyLine),
      }
    })
    return { kind: 'map', line, entries }
  }
  if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => nodeOf(item as Node | null, document, lines, line)) }
  const value: unknown = isScalar(node) ? node.value : null
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return { kind: 'scalar', line, value: isPlain ? value : value === null || value === undefined ? null : String(value) }
}
