import { type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Clock } from '../ports.ts'
import { Announcer, type Changed } from './announcements.ts'
import { type Appends, noAppends, statementOf } from './appends.ts'
import { GatheringSocket, queriesOn, type Sendable } from './pipelined.ts'
import { PreparedStatements } from './prepared.ts'
import type { Tables } from './tables.ts'
import { Offer, type Taker } from './taking.ts'

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
  private readonly takers: Taker[] = []
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
      const compiled = (statement: Sendable) => statement.compile(trx)
      const send = (change: Sendable) => sent.send(compiled(change)).then(({ count }) => count)
      const tx: Tx = { sql: trx, now: await this.businessNow(trx), send, changed, appends: noAppends() }
      const result = await work(tx)
      await this.commit(sent, tx, compiled)
      client.release()
      this.announcer.add(changed)
      return result
    } catch (error) {
      await sent.rollback().then(
        () => client.release(),
        (failure: Error) => client.release(failure),
      )
      throw sent.cause(error)
    }
  }

  /** Sends what the transaction adds, and its end. Jobs that were leased to a worker of this process have begun then. */
  private async commit(sent: Sent, tx: Tx, compiled: (statement: Sendable) => CompiledQuery): Promise<void> {
    const { jobs } = tx.appends
    const taker = jobs.length > 0 ? this.takers[0] : undefined
    const offer = taker && new Offer(taker, jobs)
    let leased: string[] = []
    try {
      const appended = statementOf(tx, offer)
      const written = appended && sent.send(compiled(appended))
      await sent.commit()
      const rows = jobs.length > 0 ? ((await written)?.rows ?? []) : []
      leased = rows.flatMap((row) => (row['id'] as string | null) ?? [])
    } finally {
      const isAll = offer?.close(leased) ?? false
      this.hasEnqueued ||= jobs.length > 0 && !isAll
    }
  }

  /** From now on what is enqueued in this process is offered to a worker of it. Returns what ends that. */
  offerJobsTo(taker: Taker): () => void {
    this.takers.push(taker)
    return () => {
      this.takers.splice(this.takers.indexOf(taker), 1)
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

/** How many rows a statement has changed, and those it gives back. */
interface Answer {
  count: number
  rows: Record<string, unknown>[]
}

/** A connection of the pool: how it is asked, and for which transaction at the time. */
interface Connection {
  sent: Sent
  sql: Kysely<Tables>
}

/** What a transaction has sent without waiting for the answer, and what failed of it first. */
class Sent {
  private readonly client: pg.PoolClient
  private readonly answers: Promise<Answer>[] = []
  private failure: unknown

  constructor(client: pg.PoolClient) {
    this.client = client
  }

  send(statement: string | CompiledQuery): Promise<Answer> {
    const query = typeof statement === 'string' ? this.client.query(statement) : this.client.query(statement.sql, [...statement.parameters])
    const answer = query.then(
      ({ rowCount, rows }): Answer => ({ count: rowCount ?? 0, rows }),
      (error: unknown): Answer => {
        this.failed(error)
        return { count: 0, rows: [] }
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
