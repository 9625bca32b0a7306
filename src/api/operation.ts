import type { TSchema } from 'typebox'
import { type Dialect, pathIn } from './dialect.ts'
import type { FilterFields } from './filter.ts'

/**
 * What a caller must be. USER: any person. ORG_ADMIN: only an org admin. APPLICATION: a client without a person as well. ANYBODY: no
 * credentials are needed, and those that are given and still good say who is calling.
 * Finer rules (one's own rows, the approver of this approval) are checked by the operation itself.
 */
export type Level = 'ORG_ADMIN' | 'USER' | 'APPLICATION' | 'ANYBODY'

/** A schema, or one per dialect where the contract differs. */
export type PerDialect<T> = T | ((dialect: Dialect) => T)

/**
 * One row of the wire contract. The row makes the route in every dialect, its validation, its authorisation, its rate bucket, its entry
 * in the OpenAPI document and its line in docs/compatibility.md. `scopes` and `levels` have no default: a row without them does not compile.
 */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Without the dialect; see pathIn. */
  path: string
  dialects: readonly Dialect[]
  tag: string
  summary: string
  /** Any one of them is enough; every one is implied by sp:scopes:all. An empty list: any token. */
  scopes: readonly string[]
  levels: readonly [Level, ...Level[]]
  query?: Record<string, TSchema>
  body?: PerDialect<TSchema>
  /** True when a missing body is `{}`. */
  bodyOptional?: boolean
  /** The body is a JSON Patch (application/json-patch+json). */
  patch?: boolean
  status: number
  /** Where the contract tells apart what was done by the status: the others, with the same answer. */
  otherStatuses?: readonly number[]
  answer: PerDialect<TSchema> | null
  /** What it answers where that is not JSON; `answer` then tells of it as text. */
  produces?: 'text/event-stream'
  filters?: FilterFields
  sorters?: readonly string[]
  /** Where the contract demands X-SailPoint-Experimental; enforced only when configured strict. */
  experimental?: readonly Dialect[]
  /** Where the contract calls the operation deprecated; answers then carry a Deprecation header. */
  deprecated?: readonly Dialect[]
  /** The day (YYYY-MM-DD) the contract began to call it so; told in the Deprecation header. */
  deprecatedSince?: string
  /** The number behind the resource in dialect v1, where it is not 1: `/access-request-config/v2`. */
  resourceVersion?: number
  /** Our own operations live under /countersign/v1 and speak no dialect. */
  own?: boolean
  /** Mounted in a sandbox only: in production there is no such operation. */
  sandboxOnly?: true
}

/** The value of a field that may differ per dialect. */
export function inDialect<T>(value: PerDialect<T>, dialect: Dialect): T {
  return typeof value === 'function' ? (value as (dialect: Dialect) => T)(dialect) : value
}

/** Where an operation stands on the server in a dialect, with `:name` for what is filled in. */
export function urlOf(operation: Pick<Operation, 'path' | 'own' | 'resourceVersion'>, dialect: Dialect): string {
  return operation.own ? `/countersign/v1${operation.path}` : pathIn(dialect, operation.path, operation.resourceVersion)
}
