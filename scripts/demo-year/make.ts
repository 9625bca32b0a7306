import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock.ts'
import { DAY_MS } from './calendar.ts'
import { dumpTarget, dumpYear } from './dump.ts'
import { Life, type Person } from './life.ts'
import { startYear, type YearSandbox } from './sandbox.ts'

const DAYS = 364
const REQUESTS_A_DAY = 1.9
const SEED = 20261122

/** For some days a group is missing at the target, so that it refuses what has to do with it. Who asks for it meanwhile, and when it is tried again. */
interface Incident {
  group: string
  from: number
  to: number
  askers: string[]
  /** How many of those that failed somebody tries again. */
  retried: 'all but one' | 'none'
}
const incidents: Incident[] = [
  { group: 'Customer Records', from: 171, to: 176, askers: ['emp.alice', 'hugo.lind', 'grace.obi', 'ben.archer'], retried: 'all but one' },
  { group: 'Design Library', from: DAYS - 5, to: DAYS - 4, askers: ['yara.costa', 'ravi.desai'], retried: 'none' },
]

/** What is asked for on the last day, so that whoever looks in has something of every kind before them. */
const lastAsks: [alias: string, item: string][] = [
  ['emp.alice', 'Finance Reporting'],
  ['emp.alice', 'Server Room Badge'],
  ['emp.bob', 'Server Room Badge'],
  ['hugo.lind', 'Software Engineer'],
  ['emp.carol', 'Ledger Editors'],
  ['maya.stone', 'Ledger Editors'],
  ['felix.haas', 'Payroll Readers'],
  ['amir.saleh', 'Production Database Admins'],
]
/** Agreed to the day before, so that somebody has manual work to do. */
const lastBadges = ['Laboratory Badge', 'Server Room Badge']

/** Lives through a year that ended on the last working day at four, and writes down what it left behind. */
export async function makeDemoYear(): Promise<void> {
  const endsAt = lastWorkdayAtFour(systemClock.now())
  const beginsAt = new Date(endsAt.getTime() - DAYS * DAY_MS)
  beginsAt.setUTCHours(0, 0, 0, 0)
  const begun = performance.now()
  const sandbox = await startYear(beginsAt)
  try {
    await configure(sandbox)
    const people = await sandbox.call<Person[]>('admin', 'GET', '/countersign/v1/sandbox/people?limit=250')
    const life = new Life(sandbox, people, { beginsAt, endsAt }, SEED)
    life.planYear(DAYS + 1, REQUESTS_A_DAY)
    for (const incident of incidents) await planIncident(sandbox, life, incident)
    planAbsences(sandbox, life, people)
    for (const [at, [alias, item]] of lastAsks.entries()) life.plan(life.at(DAYS, 8 + at / 2), () => life.askFor(alias, item))
    for (const item of lastBadges) {
      for (let hour = 7; hour < 10; hour++) life.plan(life.at(DAYS - 1, hour), () => life.letSomebodyAskFor(item))
      for (const hour of [10, 11]) life.plan(life.at(DAYS - 1, hour), () => life.agreeTo(item))
    }
    await life.live(endsAt)
    const counts = await dumpYear(sandbox.databaseUrl, endsAt)
    await dumpTarget(sandbox.folder)
    console.log(`made in ${Math.round((performance.now() - begun) / 1000)} s`, counts)
  } finally {
    await sandbox.remove()
  }
}

function lastWorkdayAtFour(now: Date): Date {
  const at = new Date(now.getTime() - DAY_MS)
  at.setUTCHours(16, 0, 0, 0)
  while (at.getUTCDay() === 0 || at.getUTCDay() === 6) at.setTime(at.getTime() - DAY_MS)
  return at
}

/** Whoever is away for long names somebody who stands in; one of them still is at the end of the year. */
function planAbsences(sandbox: YearSandbox, life: Life, people: Person[]): void {
  const idOf = (alias: string) => people.find((one) => one.alias === alias)?.id
  const absences: [from: string, to: string, first: number, last: number][] = [
    ['tomas.berg', 'mgr.two', 232, 247],
    ['dora.finch', 'ruth.vane', DAYS - 2, DAYS + 12],
  ]
  for (const [from, to, first, last] of absences)
    life.plan(life.at(first, 6), async () => {
      await sandbox.call('admin', 'POST', '/v2026/reassignment-configurations', {
        ...{ reassignedFromId: idOf(from), reassignedToId: idOf(to), configType: 'ACCESS_REQUESTS' },
        ...{ startDate: life.at(first, 7).toISOString(), endDate: life.at(last, 17).toISOString() },
      })
    })
}

/** Reminders, escalation and expiry, and rules that some of what people ask for breaks. */
async function configure(sandbox: YearSandbox): Promise<void> {
  const reminders = { daysUntilEscalation: 6, daysBetweenReminders: 2, maxReminders: 2, fallbackApproverRef: null }
  await sandbox.call('admin', 'PUT', '/v2025/access-request-config', {
    requestOnBehalfOfConfig: { allowRequestOnBehalfOfEmployeeByManager: true, allowRequestOnBehalfOfAnyoneByAnyone: false },
    approvalReminderAndEscalationConfig: reminders,
  })
  const type = '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL'
  const inForce = await sandbox.call<object>('admin', 'GET', type)
  const timeoutConfig = { enabled: true, daysUntilTimeout: 21, timeoutResult: 'EXPIRED' }
  await sandbox.call('admin', 'PUT', `${type}/APPROVAL_TYPE`, { ...inForce, timeoutConfig })
  const entitlements = await sandbox.call<{ id: string; name: string }[]>('admin', 'GET', '/v2026/entitlements?limit=250')
  const side = (name: string) => ({ name, criteriaList: [{ type: 'ENTITLEMENT', id: entitlements.find((one) => one.name === name)?.id }] })
  const people = await sandbox.call<Person[]>('admin', 'GET', '/countersign/v1/sandbox/people?limit=250')
  for (const { owner, left, right, ...policy } of policies)
    await sandbox.call('admin', 'POST', '/v2026/sod-policies', {
      ...policy,
      ownerRef: { type: 'IDENTITY', id: people.find((one) => one.alias === owner)?.id },
      state: 'ENFORCED',
      type: 'CONFLICTING_ACCESS_BASED',
      conflictingAccessCriteria: { leftCriteria: side(left), rightCriteria: side(right) },
    })
}

const policies = [
  {
    name: 'Whoever posts to the ledger does not read salaries',
    description: 'One person shall not be able to pay themselves and hide it.',
    ...{ owner: 'ines.falk', left: 'Ledger Editors', right: 'Payroll Readers' },
  },
  {
    name: 'Nobody changes both the program and its data',
    description: 'Who may change the production databases does not decide what is in the repositories.',
    ...{ owner: 'ines.falk', left: 'Production Database Admins', right: 'GitHub Admins' },
  },
]

/** Somebody deletes a group at the target; days later it is back, and what failed meanwhile is tried again, or forgotten. */
async function planIncident(sandbox: YearSandbox, life: Life, { group: name, from, to, askers, retried }: Incident): Promise<void> {
  const target = await targetOf(sandbox)
  let lost: { displayName: string; members?: object[] } | undefined
  life.plan(life.at(from, 6), async () => {
    const filter = encodeURIComponent(`displayName eq "${name}"`)
    const found = await target<{ Resources: { id: string; displayName: string; members?: object[] }[] }>('GET', `/Groups?filter=${filter}`)
    const [group] = found.Resources
    if (!group) throw new Error(`the target has no group ${name}`)
    lost = { displayName: group.displayName, ...(group.members ? { members: group.members } : {}) }
    await target('DELETE', `/Groups/${group.id}`)
  })
  for (const [at, alias] of askers.entries()) life.plan(life.at(from, 7 + at), () => life.askFor(alias, name))
  for (const hour of [13, 15]) life.plan(life.at(from, hour), () => life.agreeTo(name))
  life.plan(life.at(to, 9), async () => {
    await target('POST', '/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], ...lost })
  })
  if (retried === 'none') return
  life.plan(life.at(to, 10), async () => {
    const path = '/countersign/v1/insight/requests/rows?moment=finished&outcomes=FAILED&limit=250'
    const failed = await sandbox.call<{ accessRequestId: string; finished: string }[]>('admin', 'GET', path)
    const recent = failed.filter(({ finished }) => Date.parse(finished) >= life.at(from, 0).getTime())
    // One is forgotten, so that there is something to find.
    for (const { accessRequestId } of recent.slice(1))
      await sandbox.call('admin', 'POST', `/countersign/v1/access-requests/${accessRequestId}/retry`)
  })
}

/** The demo target, as somebody with its password reaches it. */
async function targetOf(sandbox: YearSandbox) {
  const folder = join(sandbox.folder, 'demo-target')
  const token = (await readFile(join(folder, 'token'), 'utf8')).trim()
  const { port } = JSON.parse(await readFile(join(folder, 'target.json'), 'utf8')) as { port: number }
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${port}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`the target: ${method} ${path} ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}
