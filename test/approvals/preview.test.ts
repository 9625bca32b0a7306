import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ItemType, Selector } from '../../src/domain/access-model.ts'
import { wireScheme } from '../../src/http/wire-names.ts'
import { type Answered, startApp, type TestApp } from '../support/app.ts'
import { insertWorld } from '../support/insert-world.ts'
import { itemNames, names, type RandomWorld, randomWorlds } from '../support/random-world.ts'

/**
 * A preview tells what a create then does: for asks by chance, in organisations and under policies by chance, over HTTP. What is refused is
 * refused with the same words, what is asked now is asked of the same people for the same reasons.
 */

const isLong = process.env['TEST_LONG'] === '1'
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122)
/** The short run tells the same ones everywhere; the long one goes on for a time. */
const ROUNDS = 6
const patienceMs = 300_000
const AT_ONCE = isLong ? 20 : 4

let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true, organisation: null })
})
afterAll(() => app?.close())

interface Wanted {
  by: string
  for: string[]
  items: string[]
  requestType: 'GRANT_ACCESS' | 'REVOKE_ACCESS'
  lastingDays: number | null
  comment: boolean
}

const someName = fc.constantFrom(...names)
const asks: fc.Arbitrary<Wanted> = fc.record({
  by: someName,
  for: fc.uniqueArray(someName, { minLength: 1, maxLength: 2 }),
  items: fc.uniqueArray(fc.constantFrom(...itemNames), { minLength: 1, maxLength: 2 }),
  requestType: fc.constantFrom('GRANT_ACCESS', 'GRANT_ACCESS', 'GRANT_ACCESS', 'REVOKE_ACCESS' as const),
  lastingDays: fc.option(fc.constantFrom(3, 30)),
  comment: fc.constantFrom(true, true, true, false),
})
const absences = fc.array(fc.tuple(someName, someName), { maxLength: 2 })

interface PreviewedStep {
  stepNumber: number
  needed: number
  scheme: string
  turn: 'NOW' | 'LATER' | 'PASSED'
  people: { id: string }[]
  group: { id: string } | null
  explanation: { rule: string; text: string }[]
}

/** One item of one person, as the preview tells of it and as a create has stored it. */
interface Told {
  who: string
  what: string
  cancelledBecause: string | null
  steps: { step: number; scheme: string; people: string[]; group: string | null; why: object[]; turn: string }[]
}

function previewed(answer: Answered): Told[] {
  return answer.json.items.map(
    (item: { requestedFor: string; requestedObject: { id: string }; cancelledBecause: string | null; steps: PreviewedStep[] }) => ({
      who: item.requestedFor,
      what: item.requestedObject.id,
      cancelledBecause: item.cancelledBecause,
      steps: item.steps
        .filter(({ turn }) => turn !== 'LATER')
        .map(({ stepNumber, scheme, people, group, explanation, turn }) => ({
          step: stepNumber,
          scheme,
          people: people.map(({ id }) => id).sort(),
          group: group?.id ?? null,
          why: explanation.map(({ rule, text }) => ({ rule, text })),
          turn,
        })),
    }),
  )
}

async function stored(since: string): Promise<Told[]> {
  const items = await app.sql(
    `select i.id, i.item_type as type, i.recipient_id as who, i.item_id as what, i.cancel_comment as "cancelComment", i.state from requested_item i
      where i.id > $1 order by i.id`,
    [since],
  )
  const told: Told[] = []
  for (const { id, type, who, what, cancelComment, state } of items) {
    const steps = await app.sql(
      `select a.step_number as step, a.scheme, case when a.original_owner_type = 'GOVERNANCE_GROUP' then a.original_owner_id end as "group",
        array(select c.identity_id from approval_candidate c where c.approval_id = a.id order by 1) as people, a.explanation as why,
        case when a.state = 'PENDING' then 'NOW' else 'PASSED' end as turn
      from approval a where a.requested_item_id = $1 order by a.step_number, a.id`,
      [id],
    )
    const cancelledBecause = state === 'CANCELLED' ? String(cancelComment) : null
    const inWire = (steps as unknown as Told['steps']).map((one) => ({
      ...one,
      scheme: wireScheme(one.scheme as Selector['kind'], type as ItemType),
    }))
    told.push({ who: String(who), what: String(what), cancelledBecause, steps: inWire })
  }
  return told
}

let worlds = 0
let compared = 0

async function tryAsks(world: RandomWorld, wanted: Wanted[], away: [string, string][]): Promise<void> {
  const prefix = `p${++worlds}.`
  await app.sql(`update business_clock set held_at = $1`, [world.world.begins])
  await insertWorld(app, prefix, world)
  await app.sql(`delete from reassignment`)
  for (const [from, to] of new Map(away)) {
    await app.sql(
      `insert into reassignment (id, from_id, kind, to_id, start_at, created_by, modified_by, created_at, modified_at)
        select $1, $1, 'APPROVALS', $2, $3, $1, $1, $3, $3 where $1 <> $2`,
      [prefix + from, prefix + to, world.world.begins],
    )
  }
  for (const one of wanted) await tryAsk(prefix, world, one)
}

async function tryAsk(prefix: string, { world }: RandomWorld, wanted: Wanted): Promise<void> {
  if (!world.people.get(wanted.by)?.active) return
  const removeDate =
    wanted.lastingDays === null ? {} : { removeDate: new Date(world.begins.getTime() + wanted.lastingDays * 86_400_000).toISOString() }
  const body = {
    requestedFor: wanted.for.map((name) => prefix + name),
    requestType: wanted.requestType,
    requestedItems: wanted.items.map((name) => ({
      type: world.items.get(name)?.type,
      id: prefix + name,
      ...(wanted.comment ? { comment: 'please' } : {}),
      ...(wanted.requestType === 'GRANT_ACCESS' ? removeDate : {}),
    })),
  }
  const foreseen = await app.call(prefix + wanted.by, 'POST', '/countersign/v1/access-requests/preview', body)
  expect(foreseen.status, JSON.stringify(foreseen.json)).toBe(200)
  const [last] = await app.sql(`select coalesce(max(id), '') as id from requested_item`)
  const made = await app.call(prefix + wanted.by, 'POST', '/v2025/access-requests', body)
  compared++
  if (made.status !== 202) {
    expect(foreseen.json.refused?.reason, JSON.stringify(wanted)).toBe(made.json.messages[0].text)
    return
  }
  expect(foreseen.json.refused, JSON.stringify(wanted)).toBeNull()
  const inOrder = (told: Told[]) => [...told].sort((a, b) => (`${a.who} ${a.what}` < `${b.who} ${b.what}` ? -1 : 1))
  expect(inOrder(await stored(String(last?.['id']))), JSON.stringify(wanted)).toEqual(inOrder(previewed(foreseen)))
  await checkNeeded(foreseen, String(last?.['id']))
}

/** How many must agree is told for each step; with a yes from so many of them the step is over, which other tests show. */
async function checkNeeded(foreseen: Answered, since: string): Promise<void> {
  const policies = await app.sql(`select recipient_id as who, item_id as what, policy from requested_item where id > $1`, [since])
  for (const item of foreseen.json.items) {
    const row = policies.find(({ who, what }) => who === item.requestedFor && what === item.requestedObject.id)
    const { steps } = (row ?? { policy: { steps: [] } })['policy'] as { steps: { quorum?: { count?: number; percent?: number } }[] }
    for (const { stepNumber, needed } of item.steps as PreviewedStep[]) {
      const asked = item.steps.filter((one: PreviewedStep) => one.stepNumber === stepNumber).length
      const quorum = steps[stepNumber]?.quorum
      expect(needed).toBe(quorum ? Math.max(1, quorum.count ?? Math.ceil((asked * (quorum.percent ?? 100)) / 100)) : asked)
    }
    const told = new Set(item.steps.map(({ stepNumber }: PreviewedStep) => stepNumber))
    expect(told.size).toBe(item.cancelledBecause === null ? steps.length : 0)
  }
}

test(
  'for any ask the preview tells what the create then stores, refuses or cancels',
  async () => {
    const until = performance.now() + patienceMs
    const property = fc.asyncProperty(randomWorlds(false), fc.array(asks, { minLength: 3, maxLength: 8 }), absences, tryAsks)
    for (let round = 0; isLong ? performance.now() < until : round < ROUNDS; round++) {
      await fc.assert(property, { seed: seed + round, numRuns: AT_ONCE, endOnFailure: !isLong })
    }
    console.log(`${compared} asks in ${worlds} organisations from seed ${seed} on`)
  },
  isLong ? 3_600_000 : 60_000,
)
