import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dialect } from '../../src/api/dialect.ts'
import type { JsonSchema } from '../../src/api/openapi.ts'

/** The contract as it was published, where a copy of it lies beside the repository. It is read, never kept. */

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'reference', 'spec')

/** Why the published schemas cannot be compared with, or undefined when they can. */
export const absentReason = existsSync(join(folder, 'v3.core.json')) ? undefined : 'the published schemas are not here'

/** JSON Schema as OpenAPI 3.0 has it, with everything inlined. */
export interface PublishedSchema {
  type?: string
  nullable?: boolean
  enum?: (string | null)[]
  format?: string
  properties?: Record<string, PublishedSchema>
  additionalProperties?: PublishedSchema | boolean
  required?: string[]
  items?: PublishedSchema
  allOf?: PublishedSchema[]
  oneOf?: PublishedSchema[]
  anyOf?: PublishedSchema[]
  minimum?: number
  maximum?: number
}

interface PublishedParameter {
  name: string
  in: 'query' | 'path' | 'header'
  required?: boolean
  schema?: PublishedSchema
  'x-filterable'?: Record<string, string[]>
  'x-sortable'?: string[]
}

export interface PublishedOperation {
  operationId: string
  deprecated?: boolean
  security?: Record<string, string[]>[]
  parameters?: PublishedParameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema?: PublishedSchema }> }
  responses: Record<string, { content?: Record<string, { schema?: PublishedSchema }> }>
}

type Paths = Record<string, Record<string, PublishedOperation>>

const nameless = (path: string) => path.replace(/\{[^}]*\}|:\w+/g, '{}')

const documents = new Map<Dialect, Map<string, PublishedOperation>>()

function documentOf(dialect: Dialect): Map<string, PublishedOperation> {
  const known = documents.get(dialect)
  if (known) return known
  const found = new Map<string, PublishedOperation>()
  // What both hold is the same; the core file is the more careful one.
  for (const part of ['adjacent', 'core']) {
    const { paths } = JSON.parse(readFileSync(join(folder, `${dialect}.${part}.json`), 'utf8')) as { paths: Paths }
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) found.set(`${method.toUpperCase()} ${nameless(path)}`, operation)
    }
  }
  documents.set(dialect, found)
  return found
}

/** The published operation at a path (without the version's prefix), or undefined. Placeholders may be called differently. */
export function publishedAt(dialect: Dialect, method: string, path: string): PublishedOperation | undefined {
  return documentOf(dialect).get(`${method} ${nameless(path)}`)
}

/** A schema brought to what can be compared, whichever way it was written. */
export interface Shape {
  /** Empty: anything. */
  types: string[]
  nullable: boolean
  words: string[] | undefined
  format: string | undefined
  properties: Record<string, Shape> | undefined
  required: string[]
  items: Shape | undefined
  /** The values of a map with free keys. */
  values: Shape | undefined
}

/** Reads `nullable: true`, types and words that hold null, `allOf` of a schema and nullability, and alternatives with null. */
export function shapeOf(schema: PublishedSchema | JsonSchema): Shape {
  const { type, enum: words, items, properties, required, format, nullable } = schema as JsonSchema & { nullable?: boolean }
  const types = [type ?? []].flat()
  const patterns = Object.values((schema['patternProperties' as keyof typeof schema] ?? {}) as Record<string, JsonSchema>)
  const more = schema['additionalProperties' as keyof typeof schema] as unknown as JsonSchema | boolean | undefined
  const values = patterns[0] ?? (typeof more === 'object' ? more : undefined)
  const own: Shape = {
    types: types.filter((one) => one !== 'null'),
    nullable: nullable === true || types.includes('null') || (words?.includes(null) ?? false),
    words: words?.filter((word) => word !== null).map(String),
    format,
    properties: properties && Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, shapeOf(inner)])),
    required: required ?? [],
    items: items && types.includes('array') ? shapeOf(items) : undefined,
    values: values && shapeOf(values),
  }
  if (own.properties && own.types.length === 0) own.types = ['object']
  const parts = schema.allOf as JsonSchema[] | undefined
  if (parts) return parts.map(shapeOf).reduce(both, own)
  const choices = (schema.anyOf ?? schema['oneOf' as keyof typeof schema]) as JsonSchema[] | undefined
  return choices ? alternatives(choices, own) : own
}

function alternatives(choices: JsonSchema[], own: Shape): Shape {
  const isNull = (one: JsonSchema) => one.type === 'null'
  const shapes = choices.filter((one) => !isNull(one)).map(shapeOf)
  const [first, ...others] = shapes
  if (!first) return own
  const any = shapes.some((shape) => shape.types.length === 0)
  const together = others.reduce((a, b) => ({ ...both(a, b), required: a.required.filter((name) => b.required.includes(name)) }), first)
  return {
    ...together,
    types: any ? [] : together.types,
    nullable: own.nullable || choices.some(isNull) || shapes.some((shape) => shape.nullable),
  }
}

function both(a: Shape, b: Shape): Shape {
  return {
    types: [...new Set([...a.types, ...b.types])],
    nullable: a.nullable || b.nullable,
    words: a.words && b.words ? [...new Set([...a.words, ...b.words])] : (a.words ?? b.words),
    format: a.format ?? b.format,
    properties: a.properties || b.properties ? { ...a.properties, ...b.properties } : undefined,
    required: [...new Set([...a.required, ...b.required])],
    items: a.items ?? b.items,
    values: a.values ?? b.values,
  }
}
