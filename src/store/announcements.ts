import { createHash } from 'node:crypto'
import type pg from 'pg'

/** What a committed transaction has changed, as far as its audit rows tell. */
export interface Announcement {
  /** Requests that moved on. */
  requestIds: string[]
  /** Whom or what else it was about: people, accounts, items, settings. */
  targetIds: string[]
  /** Who did it, since what they did in one window concerns their others, and from whom an approval or a task was taken. */
  personIds: string[]
  /** True when it concerns everybody: the clock was moved, an organisation imported. */
  everybody: boolean
}

/** What a transaction notes on its way. */
export interface Changed {
  /** Its audit rows. */
  events: { action: string; actorId: string | null; targetId: string | null; trackingNumber: string | null }[]
  /** People whom it concerns although no row says so afterwards. */
  personIds: string[]
}

const forEverybody = new Set(['SANDBOX_CLOCK_SET', 'ORGANISATION_IMPORTED'])
/** Nothing that anybody looks at changes with these. */
const forNobody = /^(SIGNED_|SIGN_IN_|OAUTH_CLIENT_)/

function announcementOf({ events, personIds }: Changed): Announcement {
  const given = (ids: (string | null)[]) => [...new Set(ids.filter((id) => id !== null))]
  return {
    requestIds: given(events.map((event) => event.trackingNumber)),
    targetIds: given(events.map((event) => (event.trackingNumber === null ? event.targetId : null))),
    personIds: given([...events.map((event) => event.actorId), ...personIds]),
    everybody: events.some((event) => forEverybody.has(event.action)),
  }
}

/** The channel of one tenant: channels belong to the whole database, tenants to schemas. */
export function channelOf(schema: string): string {
  return `countersign_${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`
}

/** How long changes are gathered before they are told, in milliseconds. */
const GATHER_MS = 50
/** Below the 8000 bytes that PostgreSQL takes, with room for the names around the ids. */
const MOST_BYTES = 7_000

/**
 * Tells other nodes (and this one) what was committed here. Not inside the transactions: PostgreSQL takes one lock of the whole cluster for
 * every commit with a NOTIFY, which under load halves what it commits. So a moment later and many at once; what a node that dies
 * in that moment does not tell, pages find when they look again.
 */
export class Announcer {
  private readonly pool: pg.Pool
  private readonly channel: string
  private waiting: Changed = { events: [], personIds: [] }
  private timer: NodeJS.Timeout | undefined
  private sending: Promise<void> | undefined

  constructor(pool: pg.Pool, schema: string) {
    this.pool = pool
    this.channel = channelOf(schema)
  }

  /** Takes what a transaction noted that was committed. */
  add({ events, personIds }: Changed): void {
    const telling = events.filter(({ action }) => !forNobody.test(action))
    if (telling.length === 0 && personIds.length === 0) return
    this.waiting.events.push(...telling)
    this.waiting.personIds.push(...personIds)
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS).unref()
  }

  /** Tells now what waits; ends when it is told. A database that is away is told nothing: it has lost its listeners, too. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    await this.sending
    const changed = this.waiting
    if (changed.events.length === 0 && changed.personIds.length === 0) return
    this.waiting = { events: [], personIds: [] }
    this.sending = this.tell(announcementOf(changed)).catch(() => undefined)
    await this.sending
  }

  private async tell(announcement: Announcement): Promise<void> {
    const payloads = inPieces(announcement)
    await this.pool.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [this.channel, payloads])
  }
}

/** As texts of which each fits into one NOTIFY. */
export function inPieces(announcement: Announcement): string[] {
  const text = JSON.stringify(announcement)
  if (Buffer.byteLength(text) <= MOST_BYTES) return [text]
  const { requestIds, targetIds, personIds, everybody } = announcement
  const halves = (ids: string[]): [string[], string[]] => [ids.slice(0, Math.ceil(ids.length / 2)), ids.slice(Math.ceil(ids.length / 2))]
  const [requests, targets, people] = [halves(requestIds), halves(targetIds), halves(personIds)]
  return ([0, 1] as const).flatMap((at) => inPieces({ requestIds: requests[at], targetIds: targets[at], personIds: people[at], everybody }))
}
