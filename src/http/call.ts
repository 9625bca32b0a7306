import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Dialect } from '../api/dialect.ts'
import type { Operation } from '../api/operation.ts'
import type { Actor } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import type { App } from './app.ts'
import type { Live } from './live.ts'

/** One call, after the table has let it in: who, in which dialect, with a checked query and body. */
export interface Call {
  app: App
  actor: Actor
  dialect: Dialect
  operation: Operation
  params: Record<string, string>
  query: Record<string, unknown>
  body: unknown
  headers: IncomingHttpHeaders
  trackingId: string
  /** The pages that are told of changes. */
  live: Live
}

export interface Answer {
  body?: unknown
  /** Instead of a body: what the row says it produces, as it comes. */
  stream?: Readable
  /** Of the stream, where it is not what the row says it produces. */
  contentType?: string
  /** For X-Total-Count; undefined when the caller did not ask. */
  total?: number | undefined
  /** Other than the row's. */
  status?: number
  headers?: Record<string, string | string[]>
}

export type Handler = (call: Call) => Promise<Answer>

export function param(call: Call, name: string): string {
  const value = call.params[name]
  if (value === undefined || value.includes('\0')) throw new DomainError('not_found', 'There is no such thing.')
  return value
}

/** A query value as text; `name=value` repeated inside the value, as published examples have it, is read as the value. */
export function queryText(call: Call, name: string): string | undefined {
  const value = call.query[name]
  if (typeof value !== 'string' || value === '') return undefined
  // compat: repeated-parameter-name. Published examples send request-state=request-state=EXECUTING; people copy them.
  return value.startsWith(`${name}=`) ? value.slice(name.length + 1) : value
}
