import type pg from 'pg'

/** A statement as it went to the database. */
export interface Statement {
  text: string
  values: unknown[]
  /** The first of a turn: what the product sends behind it without waiting goes out with it. */
  opensTurn: boolean
}

/**
 * Listens to everything a pool sends from now on. Returns a function that runs `work` and gives back what it sent, in order. `before` is
 * told of each statement while it listens; where it throws, the statement is not sent.
 */
export function listenTo(pool: pg.Pool, before?: (text: string) => void): (work: () => Promise<unknown>) => Promise<Statement[]> {
  let heard: Statement[] | undefined
  const listening = new WeakSet<pg.PoolClient>()
  const hear = (client: pg.PoolClient) => {
    if (listening.has(client)) return
    listening.add(client)
    const send = client.query.bind(client) as (...parts: unknown[]) => unknown
    let inTurn = false
    const listened = (first: unknown, second: unknown, ...rest: unknown[]) => {
      const given = first as { text?: string; values?: unknown[] }
      const text = typeof first === 'string' ? first : given.text
      const values = typeof first === 'string' ? second : given.values
      // News for other nodes go out beside the transaction they tell of.
      if (heard && text !== undefined && !text.includes('pg_notify')) {
        heard.push({ text, values: Array.isArray(values) ? values : [], opensTurn: !inTurn })
        before?.(text)
      }
      if (!inTurn) {
        inTurn = true
        process.nextTick(() => {
          inTurn = false
        })
      }
      return send(first, second, ...rest)
    }
    client.query = listened as typeof client.query
  }
  pool.on('connect', hear)
  pool.on('acquire', hear)
  return async (work) => {
    const mine: Statement[] = []
    heard = mine
    try {
      await work()
    } finally {
      heard = undefined
    }
    return mine
  }
}
