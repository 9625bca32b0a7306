import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Clock } from '../ports.ts'
import { Announcer, type Changed } from './announcements.ts'
import { type Appends, noAppends, writeAppends } from './appends.ts'
import { GatheringSocket, queriesOn, type Sendable } from './pipelined.ts'
import { PreparedStatements } from './prepared.ts'
import type { Tables } from './tables.ts'

/** A transaction that knows what time it is: one business instant for everything it writes. */
export interface Tx {
  sql: Kysely<Tables>
  now: Date
  /**
   * Sends a change (or a lock) now; there is no need to wait for it, since what is sent later is done later. Where it fails, the transaction
   * does. The answer is how many rows it has changed. Reads must have been awaited before.
   */
  send(change: Sendable): Promise<number>
  /** What those whom it concerns are told of once it is committed. */
  changed: Changed
  /** What it only adds, written in one statement at its end. */
  appends: Appends
}

/** Anything that can be read from: the pool or a transaction. */
export type Reader = Kysely<Tables>

export interface DatabaseOptions {
  url: string
  /** The tenant's schema; set as the connection's search_path, named nowhere else. */
  schema: string
  poolSize: number
  statementTimeoutMs: number
  lockTimeoutMs: number
  /** Sandbox: business time is held or moved by a row all nodes share. Production: it is real time. */
  movableClock: boolean
}

export class Database {
  readonly sql: Kysely<Tables>
  readonly pool: pg.Pool
  readonly options: DatabaseOptions
  private readonly clock: Clock
  private readonly announcer: Announcer
  private hasEnqueued = false
  private readonly connections = new WeakMap<pg.PoolClient, Connection>()

  constructor(options: DatabaseOptions, clock: Clock, onPoolError: (error: Error) => void) {
    this.options = options
    this.clock = clock
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: 5_000,
      idle_in_transaction_session_timeout: 60_000,
      statement_timeout: options.statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs,
      // Nothing here runs long enough to be worth compiling: a page of a large table would wait longer for that than for its rows.
      options: `-c search_path=${options.schema} -c timezone=UTC -c jit=off`,
      application_name: 'countersign',
      pipeline: true,
      stream: () => new GatheringSocket(),
    })
    // An idle connection that breaks (the database restarts) is replaced by the pool; unheard, its error would end the process.
    this.pool.on('error', onPoolError)
    // One in use that breaks fails its query, which says so to whoever waits; its error event must be heard all the same.
    this.pool.on('connect', (client) => client.on('error', onPoolError))
    const statements = new PreparedStatements()
    this.pool.on('connect', (client) => statements.watch(client))
    this.sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.pool }) })
    this.announcer = new Announcer(this.pool, options.schema)
  }

  /** Runs `work` in one transaction. Work that loses a race is run again from the start, which is safe because it touches nothing but the database. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.attempt(work)
      } catch (error) {
        if (tries >= MAX_TRIES || !lostRace(error)) throw error
      }
    }
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.pool.connect()
    const sent = new Sent(client)
    const changed: Changed = { events: [], personIds: [] }
    try {
      // What a transaction does comes again and again: its statements are planned once per connection, not once per call.
      sent.send('begin; set local plan_cache_mode = force_generic_plan')
      const trx = this.queriesOf(client, sent)
      const send = (change: Sendable) => {
        const { sql: text, parameters } = change.compile(trx)
        return sent.send(text, [...parameters])
      }
      const tx: Tx = { sql: trx, now: await this.businessNow(trx), send, changed, appends: noAppends() }
      const result = await work(tx)
      writeAppends(tx)
      await sent.commit()
      client.release()
      this.announcer.add(changed)
      this.hasEnqueued ||= tx.appends.jobs.length > 0
      return result
    } catch (error) {
      await sent.rollback().then(
        () => client.release(),
        (failure: Error) => client.release(failure),
      )
      throw sent.cause(error)
    }
  }

  /** True when there may be new work since this was last asked. */
  takeEnqueued(): boolean {
    const has = this.hasEnqueued
    this.hasEnqueued = false
    return has
  }

  private queriesOf(client: pg.PoolClient, sent: Sent): Kysely<Tables> {
    const known = this.connections.get(client)
    const connection = known ?? { sent, sql: queriesOn(client, (error) => connection.sent.failed(error)) }
    connection.sent = sent
    this.connections.set(client, connection)
    return connection.sql
  }

  /** Real time, whatever business time is. */
  realNow(): Date {
    return this.clock.now()
  }

  /** Business time: real time, unless the sandbox holds or moves it. */
  async businessNow(reader: Reader = this.sql): Promise<Date> {
    const now = this.clock.now()
    if (!this.options.movableClock) return now
    const row = await reader.selectFrom('business_clock').select(['held_at', 'offset_ms']).executeTakeFirst()
    if (row?.held_at) return row.held_at
    return new Date(now.getTime() + Number(row?.offset_ms ?? 0))
  }

  /** Answers when the database does. */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.sql)
  }

  async close(): Promise<void> {
    await this.announcer.flush()
    await this.sql.destroy()
    // Kysely ends no pool that it never used itself; what stays open keeps a command from ending.
    if (!this.pool.ended) await this.pool.end()
  }
}

/** A connection of the pool: how it is asked, and for which transaction at the time. */
interface Connection {
  sent: Sent
  sql: Kysely<Tables>
}

/** What a transaction has sent without waiting for the answer, and what failed of it first. */
class Sent {
  private readonly client: pg.PoolClient
  private readonly answers: Promise<number>[] = []
  private failure: unknown

  constructor(client: pg.PoolClient) {
    this.client = client
  }

  send(text: string, values?: unknown[]): Promise<number> {
    const query = values ? this.client.query(text, values) : this.client.query(text)
    const answer = query.then(
      ({ rowCount }) => rowCount ?? 0,
      (error: unknown) => {
        this.failed(error)
        return 0
      },
    )
    this.answers.push(answer)
    return answer
  }

  /** Something failed; only the first failure has a cause of its own. */
  failed(error: unknown): void {
    this.failure ??= error
  }

  /** Goes out behind what was sent: where that fails, PostgreSQL takes the whole back instead. */
  async commit(): Promise<void> {
    const { command } = await this.client.query('commit')
    await Promise.all(this.answers)
    if (this.failure !== undefined) throw this.failure
    if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`)
  }

  async rollback(): Promise<void> {
    await this.client.query('rollback')
    await Promise.all(this.answers)
  }

  /** What fails after a failure fails because of that. */
  cause(error: unknown): unknown {
    return codeOf(error) === FAILED_TRANSACTION && this.failure !== undefined ? this.failure : error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const FAILED_TRANSACTION = '25P02'
const MAX_TRIES = 5
const UNIQUE_VIOLATION = '23505'
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
/** What the work had just read was deleted meanwhile: run again, it finds that it is gone. */
const FOREIGN_KEY_VIOLATION = '23503'

/** The schema was migrated by another node since the statement was prepared; it is prepared anew. */
const CHANGED_RESULT = '0A000'

function lostRace(error: unknown): boolean {
  const code = codeOf(error)
  return (
    code === UNIQUE_VIOLATION ||
    code === SERIALIZATION_FAILURE ||
    code === DEADLOCK ||
    code === FOREIGN_KEY_VIOLATION ||
    code === CHANGED_RESULT
  )
}
