import { Readable } from 'node:stream'
import { type Actor, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import type { Announcement } from '../store/announcements.ts'
import { listConcerned, listStillWelcome } from '../store/concerned.ts'
import type { Listening } from '../store/listening.ts'
import type { App } from './app.ts'

/** What one open page is told: what has changed for its person, and with which requests; null when these are too many to name. */
interface Change {
  what: Set<string>
  requestIds: Set<string>
}

interface Stream {
  actor: Actor
  personId: string
  out: Readable
  endsAtMs: number
  /** True once it was told that changes will be told. */
  ready: boolean
}

/** Changes are gathered for so long before anybody is told, so that a busy tenant is not a busy page. */
const GATHER_MS = 100
const HEARTBEAT_MS = 15_000
const MOST_STREAMS_OF_ONE = 20
const MOST_REQUESTS = 100
/** Whoever reads this slowly is better off with a new start. */
const MOST_UNREAD_BYTES = 65_536

/**
 * The open pages of this node. They hear that something changed and not what it is now: whoever wants to know asks the API, which shows
 * everybody what they may see. So a message too many does no harm, and one that is lost is made good by the next.
 */
export class Live {
  private readonly app: App
  private readonly streams = new Set<Stream>()
  private heard: Announcement[] = []
  private gathering: NodeJS.Timeout | undefined
  private heartbeat: NodeJS.Timeout | undefined
  private listening: Listening | undefined
  private closed = false

  constructor(app: App) {
    this.app = app
  }

  get size(): number {
    return this.streams.size
  }

  /** A stream of server-sent events for a person, `seconds` long at most. Refuses (too_many) who has too many already. */
  open(actor: Actor, seconds: number): Readable {
    const personId = personOf(actor)
    const own = [...this.streams].filter((stream) => stream.personId === personId)
    if (own.length >= MOST_STREAMS_OF_ONE)
      throw new DomainError('too_many', `No more than ${MOST_STREAMS_OF_ONE} open streams of one person.`)
    const out = new Readable({ read: () => undefined })
    const stream = { actor, personId, out, endsAtMs: this.app.clock.now().getTime() + seconds * 1000, ready: false }
    this.streams.add(stream)
    out.on('close', () => this.streams.delete(stream))
    // How soon to come again when this ends.
    out.push('retry: 1000\n\n')
    void this.begin(stream, seconds)
    return out
  }

  /** Ends every stream: the node stops. */
  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.gathering)
    clearInterval(this.heartbeat)
    for (const { out } of this.streams) out.push(null)
    await this.listening?.close()
  }

  private async begin(stream: Stream, seconds: number): Promise<void> {
    this.listening ??= this.app.listen({
      onAnnouncement: (announcement) => this.gather(announcement),
      // After a gap nobody knows what they missed.
      onListening: () => this.ready([...this.streams]),
    })
    const beatMs = Math.min(HEARTBEAT_MS, this.app.settings.requestTimeoutMs / 2)
    this.heartbeat ??= setInterval(() => void this.beat(), beatMs)
    await this.listening.ready()
    if (!stream.ready) this.ready([stream])
    if (seconds === 0 || this.closed) stream.out.push(null)
  }

  private ready(streams: Stream[]): void {
    for (const stream of streams) {
      stream.ready = true
      this.send(stream, 'event: ready\ndata: {}\n\n')
    }
  }

  private gather(announcement: Announcement): void {
    if (this.streams.size === 0) return
    this.heard.push(announcement)
    this.gathering ??= setTimeout(() => void this.tell(), GATHER_MS)
  }

  private async tell(): Promise<void> {
    this.gathering = undefined
    const heard = this.heard.splice(0)
    const streams = [...this.streams]
    const changes = await this.changesFor(streams, heard).catch(() => undefined)
    for (const stream of streams) {
      // Who is concerned could not be found out: everybody looks again.
      const change = changes ? changes.get(stream) : { what: new Set(['everything']), requestIds: new Set<string>() }
      if (change) this.send(stream, `event: changed\ndata: ${JSON.stringify(toWire(change))}\n\n`)
    }
  }

  private async changesFor(streams: Stream[], heard: Announcement[]): Promise<Map<Stream, Change>> {
    const announcement = merged(heard)
    const people = [...new Set(streams.map((stream) => stream.personId))]
    const rows = announcement.everybody ? [] : await listConcerned(this.app.db.sql, announcement, people)
    const changes = new Map<Stream, Change>()
    for (const stream of streams) {
      const own = rows.filter((row) => row.personId === stream.personId)
      const what = new Set<string>(own.map((row) => row.concern))
      const requestIds = new Set(own.flatMap((row) => row.requestId ?? []))
      if (announcement.everybody) what.add('everything')
      if (announcement.personIds.includes(stream.personId)) for (const noun of ['approvals', 'tasks']) what.add(noun)
      if (stream.actor.isAdmin) what.add('administration')
      if (stream.actor.isAdmin) for (const id of announcement.requestIds) requestIds.add(id)
      if (what.size > 0) changes.set(stream, { what, requestIds })
    }
    return changes
  }

  /** Shows proxies that the line is alive, and ends the streams of those who are not welcome any more. */
  private async beat(): Promise<void> {
    const nowMs = this.app.clock.now().getTime()
    const streams = [...this.streams]
    for (const stream of streams) this.send(stream, ': still here\n\n')
    const clientIds = [...new Set(streams.map((stream) => stream.actor.clientId))]
    const welcome = await listStillWelcome(this.app.db.sql, clientIds, this.app.settings.session).catch(() => undefined)
    const isAdmin = welcome && new Map(welcome.map((one) => [one.clientId, one.isAdmin]))
    for (const stream of streams) {
      const admin = isAdmin ? isAdmin.get(stream.actor.clientId) : stream.actor.isAdmin
      if (admin === undefined || stream.endsAtMs <= nowMs) stream.out.push(null)
      else stream.actor = { ...stream.actor, isAdmin: admin }
    }
  }

  private send({ out }: Stream, text: string): void {
    if (out.readableEnded || out.destroyed) return
    if (out.readableLength > MOST_UNREAD_BYTES) out.destroy()
    else out.push(text)
  }
}

function merged(heard: Announcement[]): Announcement {
  return {
    requestIds: heard.flatMap((one) => one.requestIds),
    targetIds: heard.flatMap((one) => one.targetIds),
    personIds: heard.flatMap((one) => one.personIds),
    everybody: heard.some((one) => one.everybody),
  }
}

function toWire({ what, requestIds }: Change): object {
  return { what: [...what].sort(), requestIds: requestIds.size > MOST_REQUESTS ? null : [...requestIds] }
}
