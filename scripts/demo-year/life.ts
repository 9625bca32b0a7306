import { Calendar, DAY_MS, HOUR_MS } from './calendar.ts'
import { Chance } from './chance.ts'
import { agreements, answersAfter, asksOften, leftAlone, reasons, refusals, removals, usualHours, wants } from './habits.ts'
import { Refused, type YearSandbox } from './sandbox.ts'

export interface Person {
  id: string
  name: string
  alias: string
  department: string | null
  managerId: string | null
  managerOf: number
}
interface Item {
  id: string
  type: string
  name: string
  requires: { comment: boolean; endDate: boolean; maxDuration: { value: number; timeUnit: string } | null }
}
interface Pending {
  approvalId: string
  accessRequestId: string
  requestedFor: { id: string }
  approvers: { id: string }[]
}
interface Task {
  id: string
}
interface Held {
  person: { id: string }
  item: { type: string; id: string; name: string }
  until: string | null
  canRemove: boolean
  canChange: boolean
}

/** What the people of the demo organisation do in a year, each thing through the same calls as anybody's. */
export class Life {
  readonly #sandbox: YearSandbox
  readonly #calendar: Calendar
  readonly #chance: Chance
  readonly #people: Person[]
  readonly #byId: Map<string, Person>
  readonly #plans: { at: Date; what: () => Promise<unknown> }[] = []
  readonly #expected = new Set<string>()
  readonly #slowFrom: Date
  now: Date

  constructor(sandbox: YearSandbox, people: Person[], { beginsAt, endsAt }: { beginsAt: Date; endsAt: Date }, seed: number) {
    this.#sandbox = sandbox
    this.#slowFrom = new Date(endsAt.getTime() - 4 * DAY_MS)
    this.#people = people
    this.#byId = new Map(people.map((person) => [person.id, person]))
    this.#calendar = new Calendar(beginsAt)
    this.#chance = new Chance(seed)
    this.now = beginsAt
  }

  plan(at: Date, what: () => Promise<unknown>): void {
    this.#plans.push({ at, what })
  }

  /** Everything in its order, up to a moment. What the server refuses because things have changed is let go. */
  async live(until: Date): Promise<void> {
    for (;;) {
      this.#plans.sort((a, b) => a.at.getTime() - b.at.getTime())
      const next = this.#plans[0]
      if (!next || next.at > until) break
      this.#plans.shift()
      if (next.at > this.now) {
        this.now = next.at
        await this.#sandbox.moveTo(this.now)
      }
      await next.what().catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
      })
      await this.#sandbox.quiet()
      await this.#look()
    }
    this.now = until
    await this.#sandbox.moveTo(until)
    await this.#sandbox.quiet()
  }

  /** The days of the year as they come: so many requests a day, a review every month, extensions before access ends. */
  planYear(days: number, perDay: number): void {
    for (let day = 0; day < days; day++) {
      const morning = new Date(this.#calendar.beginsAt.getTime() + day * DAY_MS)
      if (!this.#calendar.isWorkday(morning)) continue
      for (let count = this.#chance.wait(perDay); count > 0.5; count--) this.plan(this.#timeOn(morning), () => this.#ask())
      if (this.#chance.happens(0.22)) this.plan(this.#timeOn(morning), () => this.#extend())
      if (day % 30 > 24 && this.#chance.happens(0.7)) this.plan(this.#timeOn(morning), () => this.#review())
    }
  }

  #timeOn(day: Date): Date {
    return new Date(day.getTime() + this.#chance.between(7 * 60, 16 * 60) * 60_000 + this.#chance.between(0, 59_999))
  }

  /** Somebody asks for one thing by its name, for themselves; false where they cannot have it. */
  async askFor(alias: string, name: string): Promise<boolean> {
    const path = `/countersign/v1/request-center/items?q=${encodeURIComponent(name)}&standing=AVAILABLE&limit=10`
    const item = (await this.#sandbox.call<Item[]>(alias, 'GET', path)).find((one) => one.name === name)
    const person = this.#people.find((one) => one.alias === alias)
    if (!item || !person) return false
    await this.#sandbox.call(alias, 'POST', '/v2026/access-requests', {
      requestedFor: [person.id],
      requestedItems: [{ type: item.type, id: item.id, comment: this.#chance.oneOf(reasons), ...this.#dates(item) }],
    })
    return true
  }

  /** The first who can have it asks for it. */
  async letSomebodyAskFor(name: string): Promise<void> {
    for (const { alias } of [...this.#people].reverse()) if (await this.askFor(alias, name)) return
  }

  /** An org admin agrees to whatever waits for a yes about an item, in place of whoever was asked. */
  async agreeTo(name: string): Promise<void> {
    const path = '/v2026/access-request-approvals/pending?limit=250'
    for (const { id, requestedObject } of await this.#sandbox.call<{ id: string; requestedObject: { name: string } }[]>(
      'admin',
      'GET',
      path,
    ))
      if (requestedObject.name === name) await this.#sandbox.call('admin', 'POST', `/v2026/access-request-approvals/${id}/approve`, {})
  }

  async #ask(): Promise<void> {
    const person = this.#chance.weighted(this.#people, (one) => asksOften[one.alias] ?? 1)
    const manager = person.managerId ? this.#byId.get(person.managerId) : undefined
    const by = manager && this.#chance.happens(0.18) ? manager : person
    const found = await this.#sandbox.call<Item[]>(
      by.alias,
      'GET',
      `/countersign/v1/request-center/items?for=${person.id}&standing=AVAILABLE&limit=100`,
    )
    const usual = wants[person.department ?? ''] ?? []
    const items = found.filter((item) => !leftAlone.has(`${person.alias} ${item.name}`))
    if (items.length === 0) return
    const wanted = [this.#chance.weighted(items, (item) => (usual.includes(item.name) ? 8 : 0.4))]
    if (this.#chance.happens(0.08)) wanted.push(...items.filter((item) => usual.includes(item.name) && item !== wanted[0]).slice(0, 1))
    const made = await this.#sandbox.call<{ newRequests: { accessRequestIds: string[] }[] }>(by.alias, 'POST', '/v2026/access-requests', {
      requestedFor: [person.id],
      requestedItems: wanted.map((item) => ({ type: item.type, id: item.id, comment: this.#chance.oneOf(reasons), ...this.#dates(item) })),
    })
    const id = made.newRequests[0]?.accessRequestIds[0]
    if (id && this.#chance.happens(0.04)) this.#later(by.alias, 3, () => this.#cancel(by.alias, id))
  }

  #dates({ requires }: Item): object {
    const days = requires.maxDuration ? 20 : this.#chance.oneOf([30, 60, 90, 90, 120, 180])
    const ends = requires.endDate || requires.maxDuration !== null || this.#chance.happens(0.5)
    const start = this.#chance.happens(0.05) ? new Date(this.now.getTime() + this.#chance.between(3, 10) * DAY_MS) : undefined
    const removeDate = new Date((start ?? this.now).getTime() + days * DAY_MS).toISOString()
    return { ...(ends ? { removeDate } : {}), ...(start ? { startDate: start.toISOString() } : {}) }
  }

  #cancel(alias: string, accountActivityId: string): Promise<void> {
    return this.#sandbox.call(alias, 'POST', '/v2026/access-requests/cancel', { accountActivityId, comment: 'Asked for by mistake' })
  }

  #later(alias: string, meanHours: number, what: () => Promise<void>): void {
    this.plan(this.#calendar.later(alias, this.now, this.#chance.wait(meanHours)), what)
  }

  /** Whoever is newly asked makes up their mind, sooner or later; some never do. */
  async #look(): Promise<void> {
    const waiting = await this.#sandbox.call<Pending[]>('admin', 'GET', '/countersign/v1/insight/pending/rows?limit=250')
    for (const pending of waiting) {
      const key = `${pending.approvalId} ${pending.approvers.map(({ id }) => id).join(' ')}`
      if (this.#expected.has(key)) continue
      this.#expected.add(key)
      if (this.#isLeftLying()) continue
      const approver = this.#byId.get(this.#chance.oneOf(pending.approvers).id)
      if (!approver || this.#chance.happens(0.05)) this.#nag(pending)
      else this.#later(approver.alias, answersAfter[approver.alias] ?? usualHours, () => this.#answer(approver, pending))
    }
    for (const task of await this.#sandbox.call<Task[]>('petra.holm', 'GET', '/v2026/work-items?limit=250')) {
      if (this.#expected.has(task.id)) continue
      this.#expected.add(task.id)
      if (this.#isLeftLying()) continue
      this.#later('petra.holm', 10, () => this.#work(task.id))
    }
  }

  /** Of what came in the last days, much is still waiting. */
  #isLeftLying(): boolean {
    return this.now >= this.#slowFrom && this.#chance.happens(0.6)
  }

  /** What nobody answers is asked about by the requester, two days later. */
  #nag({ accessRequestId, requestedFor }: Pending): void {
    const alias = this.#byId.get(requestedFor.id)?.alias
    if (!alias || !this.#chance.happens(0.5)) return
    const remind = (): Promise<void> => this.#sandbox.call(alias, 'POST', `/countersign/v1/access-requests/${accessRequestId}/remind`)
    this.plan(this.#calendar.later(alias, new Date(this.now.getTime() + 2 * DAY_MS), 1), remind)
  }

  async #answer(approver: Person, { approvalId }: Pending): Promise<void> {
    const path = `/v2026/access-request-approvals/${approvalId}`
    if (this.#chance.happens(0.04)) {
      const to = this.#chance.oneOf(this.#people.filter((one) => one.managerOf > 0 && one.id !== approver.id))
      await this.#sandbox.call(approver.alias, 'POST', `${path}/forward`, { newOwnerId: to.id, comment: 'You know this better than I do.' })
    } else if (this.#chance.happens(0.13)) {
      await this.#sandbox.call(approver.alias, 'POST', `${path}/reject`, { comment: this.#chance.oneOf(refusals) })
    } else {
      const comment = this.#chance.oneOf(agreements)
      await this.#sandbox.call(approver.alias, 'POST', `${path}/approve`, comment === '' ? {} : { comment })
    }
  }

  async #work(id: string): Promise<void> {
    await this.#sandbox.call('petra.holm', 'POST', `/v2026/work-items/${id}`)
  }

  /** Somebody whose access ends soon asks for more time. */
  async #extend(): Promise<void> {
    const before = new Date(this.now.getTime() + 12 * DAY_MS).toISOString()
    const path = `/countersign/v1/held-access?for=all&ends-before=${before}&origins=REQUESTED&limit=100`
    const held = (await this.#sandbox.call<Held[]>('admin', 'GET', path)).filter((row) => row.canChange)
    if (held.length === 0) return
    const { person, item, until } = this.#chance.oneOf(held)
    const removeDate = new Date(Date.parse(until ?? before) + this.#chance.oneOf([30, 60, 90]) * DAY_MS).toISOString()
    await this.#sandbox.call(this.#byId.get(person.id)?.alias ?? '', 'POST', '/v2026/access-requests', {
      requestType: 'MODIFY_ACCESS',
      requestedFor: [person.id],
      requestedItems: [{ type: item.type, id: item.id, comment: 'The work goes on', removeDate }],
    })
  }

  /** A manager goes through what the team holds and takes something away. */
  async #review(): Promise<void> {
    const manager = this.#chance.oneOf(this.#people.filter((one) => one.managerOf > 0))
    const path = '/countersign/v1/held-access?for=team&origins=REQUESTED&limit=100'
    const held = (await this.#sandbox.call<Held[]>(manager.alias, 'GET', path)).filter((row) => row.canRemove)
    if (held.length === 0) return
    const { person, item } = this.#chance.oneOf(held)
    await this.#sandbox.call(manager.alias, 'POST', '/v2026/access-requests', {
      requestType: 'REVOKE_ACCESS',
      requestedFor: [person.id],
      requestedItems: [{ type: item.type, id: item.id, comment: this.#chance.oneOf(removals) }],
    })
  }

  /** At a moment of the year: so many days after its beginning, at this hour. */
  at(day: number, hour: number): Date {
    return new Date(this.#calendar.beginsAt.getTime() + day * DAY_MS + hour * HOUR_MS)
  }
}
