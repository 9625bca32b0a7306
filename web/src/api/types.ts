import type { Static, TSchema } from 'typebox'
import type { operations } from '../../../src/api/operations.ts'

/** The types of every operation, read from the table of the wire contract: what is not in it does not compile here. */

type Operations = typeof operations
export type OperationId = keyof Operations

/** A schema that differs per dialect is a function of the dialect. */
type Resolved<T> = T extends (...dialect: never[]) => infer R ? R : T
type Value<T> = Resolved<T> extends infer S ? (S extends TSchema ? Static<S> : undefined) : never

/** What the table cannot say in types, because a dialect decides whether a field is there at all. All dialects spoken here have these. */
interface Corrections {
  listPendingApprovals: { accessRequestId: string }
}

type Corrected<Id, T> = Id extends keyof Corrections
  ? T extends readonly (infer Row)[]
    ? (Omit<Row, keyof Corrections[Id]> & Corrections[Id])[]
    : T
  : T

export type Answer<Id extends OperationId> = Corrected<Id, Value<Operations[Id]['answer']>>
/** One row of an operation that answers a list. */
export type RowOf<Id extends OperationId> = Answer<Id> extends readonly (infer Row)[] ? Row : never
/** A field that only some dialects have is unknown to the types; nobody must give it. */
type Optional<T> = T extends readonly unknown[]
  ? T
  : { [K in keyof T as unknown extends T[K] ? never : K]: T[K] } & { [K in keyof T as unknown extends T[K] ? K : never]?: T[K] }

export type Body<Id extends OperationId> = Operations[Id] extends { body: infer B } ? Optional<Value<B>> : undefined
export type Query<Id extends OperationId> = Operations[Id] extends { query: infer Q }
  ? { [K in keyof Q]?: Q[K] extends TSchema ? Static<Q[K]> : never }
  : Record<string, never>

type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never
type Params<Id extends OperationId> = { [K in NamesIn<Operations[Id]['path']>]: string }

/** The operations that answer a list. */
export type ListId = { [Id in OperationId]: Answer<Id> extends readonly unknown[] ? Id : never }[OperationId]

export type Input<Id extends OperationId> = {
  query?: Query<Id>
  body?: Body<Id>
} & (NamesIn<Operations[Id]['path']> extends never ? { params?: Record<string, never> } : { params: Params<Id> })
