import { Socket } from 'node:net'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type pg from 'pg'
import type { Tables } from './tables.ts'

/**
 * A socket that hands over together what is written to it in one go. With a driver that does not wait for an answer before it sends the next
 * statement, statements that stand one behind the other cost one system call and one turn of the database instead of one each.
 */
export class GatheringSocket extends Socket {
  private gathering = false

  // Node gives a socket its own `write` back when it connects.
  override connect(...given: unknown[]): this {
    ;(super.connect as (...given: unknown[]) => this).apply(this, given)
    this.write = GatheringSocket.prototype.write
    return this
  }

  override write(...given: unknown[]): boolean {
    if (!this.gathering) {
      this.gathering = true
      this.cork()
      process.nextTick(() => {
        this.gathering = false
        this.uncork()
      })
    }
    return (super.write as (...given: unknown[]) => boolean).apply(this, given)
  }
}

/** What can be sent: a statement as sql`` or a query builder makes it. */
export interface Sendable {
  compile(db: Kysely<Tables>): CompiledQuery
}

/**
 * The queries of one connection, each of them sent at once, whether or not the one before has been answered. Queries that are started together
 * are sent in the order in which they were started, and the database keeps it: a lock, and behind it what is read under the lock. `onFailure`
 * hears of what fails in that order, too; whoever waits for several at once may hear first of one that failed because of another.
 */
export function queriesOn(client: pg.PoolClient, onFailure: (error: unknown) => void): Kysely<Tables> {
  const connection = new OneConnection(client, onFailure)
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new OneDriver(connection),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
  return new Kysely<Tables>({ dialect })
}

const CHANGING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

class OneConnection implements DatabaseConnection {
  private readonly client: pg.PoolClient
  private readonly onFailure: (error: unknown) => void

  constructor(client: pg.PoolClient, onFailure: (error: unknown) => void) {
    this.client = client
    this.onFailure = onFailure
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.client.query(sql, [...parameters]).catch((error: unknown) => {
      this.onFailure(error)
      throw error
    })
    return CHANGING.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('rows are not streamed inside a transaction')
  }
}

const begunElsewhere = async () => {
  throw new Error('a transaction is begun by Database.transaction')
}

class OneDriver implements Driver {
  private readonly connection: OneConnection

  constructor(connection: OneConnection) {
    this.connection = connection
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection
  }
  beginTransaction = begunElsewhere
  commitTransaction = begunElsewhere
  rollbackTransaction = begunElsewhere
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}
