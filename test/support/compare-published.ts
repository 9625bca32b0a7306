import type { TSchema } from 'typebox'
import { type Dialect, pathIn } from '../../src/api/dialect.ts'
import { type JsonSchema, operationIdIn } from '../../src/api/openapi.ts'
import { inDialect, type Operation } from '../../src/api/operation.ts'
import { ErrorResponse, TooManyRequests, Unauthorized } from '../../src/api/schema.ts'
import { type PublishedOperation, type PublishedSchema, publishedAt, type Shape, shapeOf } from './published.ts'

/** What differs, and where: `answer[].owner.email`, `body.name`, `query limit`. */
export interface Difference {
  place: string
  /**
   * unsent: published, and we never send it · extra: ours, and not published · undemanded: published as required in a body, and we do without ·
   * ignored: published in a body, and we do not look at it · the rest says itself.
   */
  kind: 'unsent' | 'extra' | 'undemanded' | 'ignored' | 'demanded' | 'type' | 'null' | 'words' | 'format' | 'required' | 'missing' | 'other'
  what: string
}

type Report = (place: string, kind: Difference['kind'], what: string) => void

/** Every difference between a row of the table and the published operation; undefined when none is published. */
export function differencesOf(id: string, row: Operation, dialect: Dialect): Difference[] | undefined {
  const path = dialect === 'v1' ? pathIn('v1', row.path, row.resourceVersion) : row.path
  const published = publishedAt(dialect, row.method, path)
  if (!published) return undefined
  const found: Difference[] = []
  const report: Report = (place, kind, what) => found.push({ place, kind, what })
  compareHead(id, row, dialect, published, report)
  compareQuery(row, published, report)
  compareBody(row, dialect, published, report)
  compareAnswer(row, dialect, published, report)
  compareRefusals(published, report)
  return found
}

function compareHead(id: string, row: Operation, dialect: Dialect, published: PublishedOperation, report: Report): void {
  const ours = operationIdIn(dialect, id, row)
  if (ours !== published.operationId) report('operationId', 'other', `${ours}, published ${published.operationId}`)
  const deprecated = row.deprecated?.includes(dialect) ?? false
  if (deprecated !== (published.deprecated ?? false)) report('deprecated', 'other', `${deprecated}`)
  const demands = published.parameters?.some((one) => one.in === 'header' && one.name === 'X-SailPoint-Experimental') ?? false
  const experimental = row.experimental?.includes(dialect) ?? false
  if (experimental !== demands) report('experimental', 'other', `${experimental}`)
  const theirs = (published.security ?? []).flatMap((one) => Object.values(one).flat()).filter((scope) => scope !== 'sp:scopes:all')
  // No scope at all: any token will do, so theirs will, too.
  const missing = row.scopes.length === 0 ? [] : theirs.filter((scope) => !row.scopes.includes(scope))
  for (const scope of missing) report(`scope ${scope}`, 'missing', 'is not enough for us')
  for (const scope of row.scopes.filter((one) => !theirs.includes(one))) report(`scope ${scope}`, 'extra', 'is enough for us')
}

function compareQuery(row: Operation, published: PublishedOperation, report: Report): void {
  const theirs = (published.parameters ?? []).filter((one) => one.in === 'query')
  for (const { name, schema = {} } of theirs) {
    const own = row.query?.[name] as JsonSchema | undefined
    if (!own) {
      report(`query ${name}`, 'missing', 'we do not take it')
      continue
    }
    const [a, b] = [shapeOf(own), shapeOf(schema)]
    if (a.types.length > 0 && !b.types.every((type) => allows(a, type))) report(`query ${name}`, 'type', `${a.types}, published ${b.types}`)
    if (schema.maximum !== undefined && Number(own['maximum'] ?? Infinity) < schema.maximum)
      report(`query ${name}`, 'other', 'a smaller maximum')
    if (schema.minimum !== undefined && Number(own['minimum'] ?? -Infinity) > schema.minimum)
      report(`query ${name}`, 'other', 'a larger minimum')
  }
  for (const name of Object.keys(row.query ?? {})) {
    if (!theirs.some((one) => one.name === name)) report(`query ${name}`, 'extra', 'we take it, too')
  }
  for (const [field, operators] of theirs.flatMap((one) => Object.entries(one['x-filterable'] ?? {}))) {
    const missing = operators.filter((operator) => !(row.filters?.[field]?.operators as readonly string[] | undefined)?.includes(operator))
    if (missing.length > 0) report(`filter ${field}`, 'missing', missing.join(' '))
  }
  const sorters = theirs.flatMap((one) => one['x-sortable'] ?? []).filter((field) => !row.sorters?.includes(field))
  for (const field of sorters) report(`sorter ${field}`, 'missing', 'we do not sort by it')
}

function compareBody(row: Operation, dialect: Dialect, published: PublishedOperation, report: Report): void {
  const content = Object.entries(published.requestBody?.content ?? {})[0]
  if (!content) {
    if (row.body) report('body', 'extra', 'nothing is published')
    return
  }
  if (!row.body) {
    report('body', 'missing', 'we take none')
    return
  }
  const [mediaType, { schema = {} }] = content
  if ((mediaType === 'application/json-patch+json') !== (row.patch ?? false)) report('body', 'other', `published as ${mediaType}`)
  taken(shapeOf(inDialect(row.body, dialect) as JsonSchema), shapeOf(schema), 'body', report)
}

function compareAnswer(row: Operation, dialect: Dialect, published: PublishedOperation, report: Report): void {
  const status = Object.keys(published.responses).find((one) => one.startsWith('2'))
  if (status !== String(row.status)) report('status', 'other', `${row.status}, published ${status}`)
  const schema = Object.values(published.responses[status ?? '']?.content ?? {})[0]?.schema
  if (!row.answer) {
    if (schema) report('answer', 'missing', 'we send none')
    return
  }
  if (!schema) report('answer', 'extra', 'nothing is published')
  else sent(shapeOf(inDialect(row.answer, dialect) as JsonSchema), shapeOf(schema), 'answer', report)
}

const refusals: Record<string, TSchema> = {
  400: ErrorResponse,
  401: Unauthorized,
  403: ErrorResponse,
  404: ErrorResponse,
  429: TooManyRequests,
  500: ErrorResponse,
}

function compareRefusals(published: PublishedOperation, report: Report): void {
  for (const [status, { content }] of Object.entries(published.responses)) {
    const schema = Object.values(content ?? {})[0]?.schema
    const ours = refusals[status]
    if (schema && ours) sent(shapeOf(ours as JsonSchema), shapeOf(schema), status, report)
    if (!ours && !status.startsWith('2')) report(status, 'missing', 'we never answer so')
  }
}

/** How an answer of ours differs from a published schema, whichever operation it belongs to. */
export function answerDifferences(ours: JsonSchema, published: PublishedSchema): Difference[] {
  const found: Difference[] = []
  sent(shapeOf(ours), shapeOf(published), 'answer', (place, kind, what) => found.push({ place, kind, what }))
  return found
}

/** What we send must be something the published schema allows. */
function sent(ours: Shape, theirs: Shape, place: string, report: Report): void {
  if (theirs.types.length === 0) return
  const onlyNull = ours.types.length === 0 && ours.nullable
  if (onlyNull ? !theirs.nullable : ours.types.length === 0 || !ours.types.every((type) => allows(theirs, type))) {
    report(place, 'type', `${ours.types}, published ${theirs.types}`)
    return
  }
  if (ours.nullable && !theirs.nullable) report(place, 'null', 'we send null')
  if (onlyNull) return
  const strange = theirs.words && (ours.words ?? ['any text']).filter((word) => !theirs.words?.includes(word))
  if (strange && strange.length > 0) report(place, 'words', strange.join(', '))
  if (isMoment(theirs) && ours.format !== theirs.format) report(place, 'format', `published ${theirs.format}`)
  if (ours.items && theirs.items) sent(ours.items, theirs.items, `${place}[]`, report)
  if (ours.values && theirs.values) sent(ours.values, theirs.values, `${place}.*`, report)
  if (theirs.properties && !ours.values && ours.types.includes('object')) sentFields(ours, theirs as Shape & Fields, place, report)
}

type Fields = { properties: Record<string, Shape> }

function sentFields(ours: Shape, theirs: Shape & Fields, place: string, report: Report): void {
  const own = ours.properties ?? {}
  // An object without fields stands in lists that are always empty.
  if (Object.keys(own).length === 0) {
    if (Object.keys(theirs.properties).length > 0) report(`${place}.*`, 'unsent', Object.keys(theirs.properties).join(', '))
    return
  }
  for (const [name, shape] of Object.entries(own)) {
    const published = theirs.properties[name]
    if (published) sent(shape, published, `${place}.${name}`, report)
    else report(`${place}.${name}`, 'extra', '')
  }
  for (const name of Object.keys(theirs.properties)) if (!(name in own)) report(`${place}.${name}`, 'unsent', '')
  const optional = theirs.required.filter((name) => !ours.required.includes(name))
  for (const name of optional) report(`${place}.${name}`, 'required', 'published as always there')
}

/** What the published schema allows, we must take. */
function taken(ours: Shape, theirs: Shape, place: string, report: Report): void {
  if (ours.types.length === 0) return
  if (theirs.types.length > 0 && !theirs.types.every((type) => allows(ours, type))) {
    report(place, 'type', `${ours.types}, published ${theirs.types}`)
    return
  }
  if (theirs.nullable && !ours.nullable) report(place, 'null', 'we refuse null')
  const refused = ours.words && (theirs.words ?? ['any text']).filter((word) => !ours.words?.includes(word))
  if (refused && refused.length > 0) report(place, 'words', refused.join(', '))
  if (isMoment(ours) && ours.format !== theirs.format) report(place, 'format', `published ${theirs.format}`)
  if (ours.items && theirs.items) taken(ours.items, theirs.items, `${place}[]`, report)
  if (ours.values && theirs.values) taken(ours.values, theirs.values, `${place}.*`, report)
  const [own, published] = [ours.properties ?? {}, theirs.properties ?? {}]
  for (const [name, shape] of Object.entries(published)) {
    const ourShape = own[name]
    if (ourShape) taken(ourShape, shape, `${place}.${name}`, report)
    else if (ours.properties) report(`${place}.${name}`, 'ignored', '')
  }
  if (theirs.properties) for (const name of Object.keys(own)) if (!(name in published)) report(`${place}.${name}`, 'extra', '')
  for (const name of ours.required.filter((one) => !theirs.required.includes(one))) report(`${place}.${name}`, 'demanded', 'we demand it')
  for (const name of theirs.required.filter((one) => !ours.required.includes(one))) report(`${place}.${name}`, 'undemanded', '')
}

function allows(shape: Shape, type: string): boolean {
  return shape.types.includes(type) || (type === 'integer' && shape.types.includes('number'))
}

function isMoment(shape: Shape): boolean {
  return shape.format === 'date-time' || shape.format === 'date'
}
