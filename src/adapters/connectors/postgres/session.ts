import { isIP, Socket } from 'node:net'
import pg from 'pg'
import { TargetError } from '../../../ports.ts'
import { inTime, type TimeBudget } from '../time-budget.ts'
import type { PostgresSettings } from './settings.ts'

/** One connection to the server. Every call throws TargetError when it did not work. */
export interface PostgresSession {
  rows<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
  /** Statements without values, all of them or none. */
  run(...statements: string[]): Promise<void>
  close(): void
}

/** The server said no. `code` is the SQLSTATE. */
export class PostgresRefusal extends TargetError {
  readonly code: string

  constructor(code: string, message: string) {
    super(kindOf(code), message)
    this.code = code
  }
}

/** Longer names are cut off by the server without a word, and would then be those of another role. */
const LONGEST_NAME_BYTES = 63

/** A name as it stands in a statement. Refuses (TargetError) what the server would not take as it is. */
export function quotedName(name: string): string {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > LONGEST_NAME_BYTES) {
    throw new TargetError('refused', `'${name}' cannot be the name of a role: it is empty, longer than 63 bytes or holds a zero character`)
  }
  return pg.escapeIdentifier(name)
}

/** A text as it stands in a statement. */
export function quotedText(text: string): string {
  return pg.escapeLiteral(text.replaceAll('\0', ''))
}

/** Too many connections, starting up, shutting down: ask later. */
const BUSY = /^(53300|57P03|57P01|57P02)$/
const LOST = /^08/
/** Wrong credentials, no such database, no right to, nothing of that name, not allowed by the rules. */
const REFUSED = /^(28|3D|42|0L|0P|2B|22|23)/

function kindOf(code: string): TargetError['kind'] {
  if (BUSY.test(code)) return 'busy'
  if (LOST.test(code)) return 'unreachable'
  return REFUSED.test(code) ? 'refused' : 'failed'
}

/** Connects as the settings have it. Throws TargetError when that does not work. */
export async function openPostgresSession(settings: PostgresSettings, budget: TimeBudget): Promise<PostgresSession> {
  const { client, destroy } = clientOf(settings)
  const timed = <T>(what: string, work: () => Promise<T>) =>
    budget
      .run(what, (limitMs) => inTime(what, limitMs, destroy, work))
      .catch((error: unknown) => {
        throw translated(what, error)
      })
  try {
    await timed('connect', () => client.connect())
  } catch (error) {
    destroy()
    throw error
  }
  return {
    rows: async (text, values = []) => (await timed('query', () => client.query(text, values))).rows,
    // Several statements in one message are one transaction.
    run: async (...statements) => void (await timed(statements[0] ?? '', () => client.query(statements.join('; ')))),
    close() {
      client.end().catch(() => undefined)
      destroy()
    },
  }
}

function clientOf(settings: PostgresSettings): { client: pg.Client; destroy: () => void } {
  const { host, port, database, user, password, timeoutMs } = settings
  let socket: Socket | undefined
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    ssl: settings.tls === 'off' ? false : trustOf(settings),
    application_name: 'countersign',
    // The server gives up, too: a statement that waits for a lock must not be carried out when nobody waits for it any more.
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    stream: () => {
      socket = new Socket()
      return socket
    },
  })
  // What breaks a connection fails the call that uses it; an error that nobody listens to would end the process.
  client.on('error', () => undefined)
  return { client, destroy: () => void socket?.destroy(new Error('given up')) }
}

function trustOf({ host, caCertificate }: PostgresSettings) {
  return {
    // A number is not sent as a name; it is compared nevertheless.
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(caCertificate === null ? {} : { ca: caCertificate }),
  }
}

function translated(what: string, error: unknown): TargetError {
  if (error instanceof TargetError) return error
  if (!(error instanceof Error)) throw error
  if (error instanceof pg.DatabaseError) return new PostgresRefusal(error.code ?? '', `${what}: ${error.message}`)
  const told = error.message === '' && 'code' in error ? String(error.code) : error.message
  return new TargetError('unreachable', `${what}: the target cannot be reached or broke the connection (${told})`)
}
