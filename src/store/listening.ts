import pg from 'pg'
import { type Announcement, channelOf } from './announcements.ts'
import type { DatabaseOptions } from './db.ts'

export interface Heard {
  /** Something was committed, on whatever node. */
  onAnnouncement(announcement: Announcement): void
  /** Listening began, or began again after a gap in which nothing was heard. */
  onListening(): void
}

export interface Listening {
  /** Resolves once it hears. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** How soon a broken connection is made again, and how often a quiet one is asked whether it lives. */
const AGAIN_MS = 500
const ASK_MS = 10_000
const ANSWER_MS = 5_000

/** Hears what nodes announce, on a connection of its own (the pool's come and go), again and again until it is closed. */
export function startListening(options: Pick<DatabaseOptions, 'url' | 'schema'>, heard: Heard): Listening {
  let closed = false
  let client: pg.Client | undefined
  let again: NodeJS.Timeout | undefined
  let waiting: (() => void)[] = []
  let listening = false

  function lost(): void {
    listening = false
    client?.removeAllListeners().on('error', () => undefined)
    void client?.end().catch(() => undefined)
    client = undefined
    if (!closed) again ??= setTimeout(begin, AGAIN_MS)
  }

  function begin(): void {
    again = undefined
    const own = new pg.Client({ connectionString: options.url, application_name: 'countersign live', keepAlive: true })
    client = own
    own.on('error', () => own === client && lost())
    own.on('end', () => own === client && lost())
    own.on('notification', ({ payload }) => heard.onAnnouncement(JSON.parse(payload ?? '{}') as Announcement))
    connect(own, channelOf(options.schema)).then(
      () => {
        if (own !== client) return
        listening = true
        heard.onListening()
        for (const one of waiting.splice(0)) one()
      },
      () => own === client && lost(),
    )
  }

  const asking = setInterval(() => {
    const own = client
    if (!listening || own === undefined) return
    const late = setTimeout(() => own === client && lost(), ANSWER_MS)
    own
      .query('select 1')
      .catch(() => own === client && lost())
      .finally(() => clearTimeout(late))
  }, ASK_MS)
  begin()
  return {
    ready: () =>
      listening || closed
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve)
          }),
    async close() {
      closed = true
      clearInterval(asking)
      clearTimeout(again)
      for (const one of waiting.splice(0)) one()
      waiting = []
      const own = client
      client = undefined
      await own?.end().catch(() => undefined)
    },
  }
}

async function connect(client: pg.Client, channel: string): Promise<void> {
  await client.connect()
  await client.query(`listen ${client.escapeIdentifier(channel)}`)
}
