import { type TSchema, Type } from 'typebox'
import { type Dialect, dialects } from './dialect.ts'
import { inDialect, type Operation, urlOf } from './operation.ts'
import { operations } from './operations.ts'
import { ErrorResponse, TooManyRequests, Unauthorized } from './schema.ts'

/** The documents that exist: one per dialect, and one for what only Countersign has. */
export const documentNames = [...dialects, 'countersign'] as const
export type DocumentName = (typeof documentNames)[number]

/** As much of JSON Schema as the table's schemas use. */
export interface JsonSchema {
  type?: string | string[]
  enum?: unknown[]
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  description?: string
  format?: string
  default?: unknown
  [constraint: string]: unknown
}

export interface OpenApiParameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

interface Content {
  [mediaType: string]: { schema: JsonSchema }
}

export interface OpenApiResponse {
  description: string
  headers?: Record<string, { description: string; schema: JsonSchema }>
  content?: Content
}

export interface OpenApiOperation {
  operationId: string
  tags: string[]
  summary: string
  deprecated?: true
  security: Record<string, string[]>[]
  parameters: OpenApiParameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, OpenApiResponse | { $ref: string }>
  'x-countersign-levels': readonly string[]
  'x-countersign-deprecated-since'?: string
  'x-countersign-filters'?: Record<string, readonly string[]>
  'x-countersign-sorters'?: readonly string[]
}

export interface OpenApiDocument {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string; description: string }[]
  tags: { name: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: { schemas: Record<string, JsonSchema>; responses: Record<string, OpenApiResponse>; securitySchemes: object }
}

/** The rows of one document, by id; those of `countersign` speak no dialect. */
export function operationsIn(name: DocumentName): [string, Operation][] {
  const rows: [string, Operation][] = Object.entries(operations)
  if (name === 'countersign') return rows.filter(([, row]) => row.own)
  return rows.filter(([, row]) => !row.own && row.dialects.includes(name))
}

/** An operation's name in a dialect: v1 adds the number of the resource. */
export function operationIdIn(dialect: Dialect, id: string, operation: Pick<Operation, 'resourceVersion' | 'own'>): string {
  return dialect !== 'v1' || operation.own || operation.resourceVersion !== undefined ? id : `${id}V1`
}

/** The OpenAPI 3.1 document of a dialect, made from the operation table alone. */
export function openApiDocument(name: DocumentName): OpenApiDocument {
  const rows = operationsIn(name)
  const paths: OpenApiDocument['paths'] = {}
  for (const [id, row] of rows) {
    const dialect = name === 'countersign' ? (row.dialects[0] as Dialect) : name
    const path = urlOf(row, dialect).replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operationOf(id, row, dialect) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: name,
      description: 'Access requests and their approvals. Made from the same table that the server is made from.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server this document was read from.' }],
    tags: [...new Set(rows.map(([, row]) => row.tag))].sort().map((tag) => ({ name: tag })),
    paths,
    components: {
      schemas: errorSchemas,
      responses: errorAnswers,
      securitySchemes: securitySchemes(rows),
    },
  }
}

function operationOf(id: string, row: Operation, dialect: Dialect): OpenApiOperation {
  const body = row.body && plain(inDialect(row.body, dialect))
  const mediaType = row.patch ? 'application/json-patch+json' : 'application/json'
  const deprecated = row.deprecated?.includes(dialect)
  return {
    operationId: operationIdIn(dialect, id, row),
    tags: [row.tag],
    summary: row.summary,
    ...(deprecated ? { deprecated: true } : {}),
    security: securityOf(row),
    parameters: parametersOf(row, dialect),
    ...(body ? { requestBody: { required: !row.bodyOptional, content: { [mediaType]: { schema: body } } } } : {}),
    responses: { ...successesOf(row, dialect), ...errorReferences(row) },
    'x-countersign-levels': row.levels,
    ...(deprecated && row.deprecatedSince ? { 'x-countersign-deprecated-since': row.deprecatedSince } : {}),
    ...(row.filters ? { 'x-countersign-filters': operatorsOf(row.filters) } : {}),
    ...(row.sorters ? { 'x-countersign-sorters': row.sorters } : {}),
  }
}

function securityOf(row: Operation): Record<string, string[]>[] {
  if (row.levels.includes('ANYBODY')) return []
  const ways = row.scopes.length === 0 ? [{ userAuth: [] }] : row.scopes.map((scope) => ({ userAuth: [scope] }))
  return [...ways, { browserSession: [] }]
}

function parametersOf(row: Operation, dialect: Dialect): OpenApiParameter[] {
  const inPath = [...row.path.matchAll(/:(\w+)/g)].map((match): OpenApiParameter => {
    return { name: match[1] ?? '', in: 'path', required: true, schema: { type: 'string' } }
  })
  const { properties = {}, required = [] } = plain(Type.Object(row.query ?? {}))
  const inQuery = Object.entries(properties).map(([name, { description, ...rest }]): OpenApiParameter => {
    return { name, in: 'query', required: required.includes(name), ...(description ? { description } : {}), schema: rest }
  })
  const description =
    'The contract demands this header, "true"; without it the call is refused where the server is configured to be strict.'
  const header: OpenApiParameter = {
    name: 'X-SailPoint-Experimental',
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }
  return [...inPath, ...inQuery, ...(row.own && isList(row) ? csvParameters : []), ...(row.experimental?.includes(dialect) ? [header] : [])]
}

/** Every list also answers as CSV; the contract's own documents stay as they are, ours say so. */
function isList({ method, answer }: Operation): boolean {
  return method === 'GET' && typeof answer !== 'function' && (answer as JsonSchema | null)?.type === 'array'
}

const csvParameters: OpenApiParameter[] = [
  ['format', 'csv: all of it (not a page) as a table to download; the same with the header Accept: text/csv.'],
  ['columns', 'Of the table: paths such as person.name, joined by commas; all that a row holds unless said.'],
  ['headings', 'Of the table: what stands above the columns, joined by commas.'],
].map(([name = '', description = '']) => ({ name, in: 'query', required: false, description, schema: { type: 'string' } }))

function successesOf(row: Operation, dialect: Dialect): Record<number, OpenApiResponse> {
  const statuses = [row.status, ...(row.otherStatuses ?? [])]
  return Object.fromEntries(statuses.map((status) => [status, successOf(row, dialect, status)]))
}

function successOf(row: Operation, dialect: Dialect, status: number): OpenApiResponse {
  const answer = row.answer && plain(inDialect(row.answer, dialect))
  const total = {
    'X-Total-Count': { description: 'How many rows there are on all pages; only with count=true.', schema: { type: 'integer' } },
  }
  const ended = { Deprecation: { description: 'Since when the operation is deprecated (RFC 9745).', schema: { type: 'string' } } }
  const headers = { ...(row.query && 'count' in row.query ? total : {}), ...(row.deprecated?.includes(dialect) ? ended : {}) }
  const csv: Content = row.own && isList(row) ? { 'text/csv': { schema: { type: 'string' } } } : {}
  return {
    description: successes[status] ?? 'Done.',
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(answer ? { content: { [row.produces ?? 'application/json']: { schema: answer }, ...csv } } : {}),
  }
}

const successes: Record<number, string> = {
  200: 'Done; here it is.',
  201: 'Made; here it is.',
  202: 'Accepted.',
  204: 'Done; there is nothing to show.',
  302: 'Go there.',
  207: 'How it went with each of them.',
}

const answerWith = (description: string, schema: string): OpenApiResponse => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
})

const errorSchemas = { ErrorResponse: plain(ErrorResponse), Unauthorized: plain(Unauthorized), TooManyRequests: plain(TooManyRequests) }

const errorAnswers: Record<string, OpenApiResponse> = {
  400: answerWith('The call cannot be understood or done; a text names the field that must change.', 'ErrorResponse'),
  401: answerWith('There is no token or session, or it is not good any more.', 'Unauthorized'),
  403: answerWith('The caller may not do this.', 'ErrorResponse'),
  404: answerWith('There is no such thing.', 'ErrorResponse'),
  429: {
    ...answerWith('Too many calls; the header says how long to wait.', 'TooManyRequests'),
    headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
  },
  500: answerWith('Something went wrong here; the tracking id is in the log.', 'ErrorResponse'),
}

function errorReferences(row: Operation): Record<string, { $ref: string }> {
  const statuses = Object.keys(errorAnswers).filter((status) => status !== '404' || row.path.includes(':'))
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }]))
}

function securitySchemes(rows: [string, Operation][]): object {
  const scopes = [...new Set(rows.flatMap(([, row]) => row.scopes))].sort()
  const described = Object.fromEntries([['sp:scopes:all', 'Every scope.'], ...scopes.map((scope) => [scope, ''])])
  const description = 'The token of a personal access token. Any one of the scopes an operation lists is enough.'
  return {
    userAuth: { type: 'oauth2', description, flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: described } } },
    browserSession: {
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-countersign',
      description:
        'The cookie of somebody who signed in with a browser; over plain HTTP it is called countersign_session. What writes must come from a page of this server.',
    },
  }
}

/** TypeBox schemas are JSON Schema; their type does not say so. */
function plain(schema: TSchema): JsonSchema {
  return schema as JsonSchema
}

function operatorsOf(filters: NonNullable<Operation['filters']>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(filters).map(([field, { operators }]) => [field, operators]))
}
