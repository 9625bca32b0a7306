import type pg from 'pg'

/** A statement that was sent so often is worth preparing. */
const OFTEN = 3
/** So many are prepared at most, on every connection; what differs with every call is not among them. */
const MOST = 400
const MOST_COUNTED = 4_000
/** The result has other columns than when the statement was prepared: another node has migrated the schema. */
const CHANGED_RESULT = '0A000'

/**
 * Gives statements that come again and again a name, under which PostgreSQL reads and plans them once per connection instead of each time. A
 * statement is known by its text, so everything that varies belongs into its parameters.
 */
export class PreparedStatements {
  private readonly seen = new Map<string, number>()
  private readonly names = new Map<string, string>()
  private named = 0

  /** From now on what this connection sends is prepared where it is worth it. */
  watch(client: pg.ClientBase): void {
    const send = client.query.bind(client) as unknown as (query: unknown, values?: unknown, done?: unknown) => unknown
    const prepared = (text: unknown, values?: unknown, done?: unknown) => {
      const name = typeof text === 'string' && Array.isArray(values) ? this.nameOf(text) : undefined
      if (name === undefined) return send(text, values, done)
      const answer = send({ name, text, values }, done) as unknown
      if (answer instanceof Promise) answer.catch((error: unknown) => this.forget(text as string, error))
      return answer
    }
    client.query = prepared as typeof client.query
  }

  private nameOf(text: string): string | undefined {
    const name = this.names.get(text)
    if (name !== undefined) return name
    const times = (this.seen.get(text) ?? 0) + 1
    if (this.seen.size >= MOST_COUNTED) this.seen.clear()
    this.seen.set(text, times)
    if (times < OFTEN || this.names.size >= MOST) return undefined
    this.seen.delete(text)
    return this.giveName(text)
  }

  private giveName(text: string): string {
    this.named += 1
    const name = `c${this.named}`
    this.names.set(text, name)
    return name
  }

  /** A statement whose result has changed needs another name: under the old one it would fail for ever. */
  private forget(text: string, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === CHANGED_RESULT && this.names.has(text)) this.giveName(text)
  }
}
