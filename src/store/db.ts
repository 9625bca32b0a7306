import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Clock } from '../ports.ts'
import { Announcer, type Changed } from './announcements.ts'
import type { Tables } from './tables.ts'

/** A transaction that knows what time it is: one business instant for everything it writes. */
export interface Tx {
  sql: Transaction<Tables>
  now: Date
  /** What those whom it concerns are told of once it is committed. */
  changed: Changed
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
      options: `-c search_path=${options.schema} -c timezone=UTC`,
      application_name: 'countersign',
    })
    // An idle connection that breaks (the database restarts) is replaced by the pool; unheard, its error would end the process.
    this.pool.on('error', onPoolError)
    // One in use that breaks fails its query, which says so to whoever waits; its error event must be heard all the same.
    this.pool.on('connect', (client) => client.on('error', onPoolError))
    this.sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.pool }) })
    this.announcer = new Announcer(this.pool, options.schema)
  }

  /** Runs `work` in one transaction. Work that loses a race is run again from the start, which is safe because it touches nothing but the database. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const changed: Changed = { events: [], personIds: [] }
        const result = await this.sql.transaction().execute(async (trx) => work({ sql: trx, now: await this.businessNow(trx), changed }))
        this.announcer.add(changed)
        return result
      } catch (error) {
        if (tries >= MAX_TRIES || !lostRace(error)) throw error
      }
    }
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
  }
}

const MAX_TRIES = 5
const UNIQUE_VIOLATION = '23505'
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
/** What the work had just read was deleted meanwhile: run again, it finds that it is gone. */
const FOREIGN_KEY_VIOLATION = '23503'

function lostRace(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === UNIQUE_VIOLATION || code === SERIALIZATION_FAILURE || code === DEADLOCK || code === FOREIGN_KEY_VIOLATION
}
