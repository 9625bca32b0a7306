import { cpus, totalmem } from 'node:os'
import { listenTo } from '../support/statements.ts'
import { type Cpu, CpuMeter } from './cpu.ts'
import { fillPopulation, fillRequests, type Population } from './fill.ts'
import { floorLives, Lives, recordApproves, recordCreates, replayed, wholeLives } from './lives.ts'
import { eachOf, ms, perSecond, spreadOf, table, timed } from './measure.ts'
import { type StartUp, startUps } from './processes.ts'
import { openProduct } from './product.ts'

export interface BenchOptions {
  /** What the database is called in the tables, and where it is. */
  name: string
  url: string
  /** The bundle finds its own database when there is none to name. */
  startUpUrl: string | undefined
  sizes: number[]
  seconds: number
}

type Row = (string | number)[]

const callers = 8
const samples = 200

/** Measures everything on one database and prints it as it comes. */
export async function bench(options: BenchOptions): Promise<void> {
  const { name, url, sizes, seconds } = options
  const say = (text: string) => console.log(`\n${text}\n`)
  say(`## ${name}`)
  const product = await openProduct(url)
  try {
    const population = await fillPopulation(product.pool)
    const [admin, manager, owner, busy] = await Promise.all(
      [population.adminId, population.managerId, population.ownerId, population.busyId].map((id) => product.tokenFor(id)),
    )
    if (!admin || !manager || !owner || !busy) throw new Error('no tokens')
    const lives = new Lives(product, population, { admin, manager, owner })
    say(await statements(lives, { manager, admin }))
    await fillRequests(product.pool, population, 0, sizes[0] as number)
    await warmUp(lives)
    say(await throughput(lives, seconds))
    say(await atSizes(lives, { manager, admin, busy }, population, sizes))
  } finally {
    await product.close().catch((error: unknown) => console.error(error))
  }
  say(startUpTable(await startUps(options.startUpUrl)))
}

export function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`
}

/** How many statements each call sends, begin and commit among them, and in how many turns. */
async function statements(lives: Lives, tokens: { manager: string; admin: string }): Promise<string> {
  const sent = listenTo(lives.product.db.pool)
  await lives.live()
  let requestId = ''
  const count = async (work: () => Promise<unknown>) => {
    const statements = await sent(work)
    return `${statements.length} in ${statements.filter((statement) => statement.opensTurn).length}`
  }
  const create = await count(async () => {
    requestId = await lives.create()
  })
  const first = await lives.openApproval(requestId)
  const approve = await count(() => lives.approve(first, 'manager'))
  const second = await lives.openApproval(requestId)
  const last = await count(() => lives.approve(second, 'owner'))
  const pending = await count(() => lives.product.call(tokens.manager, 'GET', '/v3/access-request-approvals/pending'))
  const status = await count(() => lives.product.call(tokens.admin, 'GET', '/v3/access-request-status'))
  const rows: Row[] = [['statements, in turns', create, approve, last, pending, status]]
  return table(['', 'create', 'approve, first', 'approve, last', 'pending', 'status'], rows)
}

/** Some lives, so that every table has rows, and PostgreSQL knows how many: a house that is lived in, not an empty one. */
async function warmUp(lives: Lives): Promise<void> {
  const worker = lives.product.startWorker()
  await wholeLives(lives, 5, callers)
  await worker.stop()
  await lives.product.pool.query('analyze')
}

/** How many a second, and what each has cost. */
interface Rate {
  perSecond: number
  cpu: Cpu
}

async function throughput(lives: Lives, seconds: number): Promise<string> {
  const meter = await CpuMeter.of(lives.product.pool)
  const rate = async (work: () => Promise<{ count: number; answer: number }>): Promise<Rate> => {
    const { answer, cpu } = await meter.measure(work)
    return { perSecond: answer, cpu }
  }
  const recordings = await recordCreates(lives, callers * 50)
  await perSecond(Math.min(2, seconds), callers, () => lives.create())
  const creates = await rate(() => perSecond(seconds, callers, () => lives.create()))
  const bareCreates = await rate(() => replayed(lives, recordings, callers))
  const open: string[] = []
  for (let at = 0; at < callers * 100; at++) open.push(await lives.openApproval(await lives.create()))
  const toReplay = await recordApproves(lives, open.splice(0, callers * 50))
  const bareApproves = await rate(() => replayed(lives, toReplay, callers))
  const approves = await rate(() => eachOf(open, callers, (id) => lives.approve(id, 'manager')))
  const floor = await rate(() => floorLives(lives, seconds, callers, false))
  const floorInTurns = await rate(() => floorLives(lives, seconds, callers, true))
  const worker = lives.product.startWorker()
  const whole = await rate(() => wholeLives(lives, seconds, callers))
  await worker.stop()
  return table(
    [`a second, ${callers} callers`, 'product', 'against', 'ratio', 'target', 'CPU each: product', 'CPU each: against', 'ratio of CPU'],
    [
      against('whole lives, against the floor', whole, floor, '≥ 0.5'),
      against('the same, against a floor that sends each transaction in one go', whole, floorInTurns, ''),
      against('create, against its own statements', creates, bareCreates, '≥ 0.7'),
      against('approve, against its own statements', approves, bareApproves, '≥ 0.7'),
    ],
  )
}

function against(what: string, product: Rate, other: Rate, target: string): Row {
  const ratio = (product.perSecond / other.perSecond).toFixed(2)
  return [
    what,
    product.perSecond.toFixed(0),
    other.perSecond.toFixed(0),
    ratio,
    target,
    cpuText(product.cpu),
    cpuText(other.cpu),
    (sumOf(other.cpu) / sumOf(product.cpu)).toFixed(2),
  ]
}

const sumOf = ({ nodeMs, databaseMs }: Cpu) => nodeMs + (databaseMs ?? Number.NaN)
const cpuText = ({ nodeMs, databaseMs }: Cpu) => `${ms(nodeMs)} + ${databaseMs === undefined ? '?' : ms(databaseMs)} ms`

async function atSizes(
  lives: Lives,
  tokens: { manager: string; admin: string; busy: string },
  population: Population,
  sizes: number[],
): Promise<string> {
  const { product } = lives
  const get = (token: string, path: string) => async () => {
    const { json } = await product.call(token, 'GET', path)
    if (json.length !== 250) throw new Error(`${path}: ${json.length} rows`)
  }
  const pages: [string, () => Promise<unknown>][] = [
    ['pending, first page', get(tokens.manager, '/v3/access-request-approvals/pending')],
    ['status, first page (everybody)', get(tokens.admin, '/v3/access-request-status')],
    ['status, first page (one person)', get(tokens.busy, '/v3/access-request-status?requested-for=me')],
  ]
  const found = new Map<string, Row>()
  const note = (what: string, durations: number[]) => {
    const { p50, p99 } = spreadOf(durations)
    found.set(what, [...(found.get(what) ?? [what]), `${ms(p50)} / ${ms(p99)}`])
    return p50
  }
  const firsts = new Map<string, number>()
  const lasts = new Map<string, number>()
  let stored = sizes[0] as number
  for (const size of sizes) {
    await fillRequests(product.pool, population, stored, size)
    stored = size
    console.error(`${size.toLocaleString('en')} requests are stored`)
    for (const [what, page] of pages) {
      const p50 = note(what, await timed(60, page))
      if (!firsts.has(what)) firsts.set(what, p50)
      lasts.set(what, p50)
    }
    const made: string[] = []
    note('create', await timed(samples, async () => made.push(await lives.create())))
    const open = await Promise.all(made.map((id) => lives.openApproval(id)))
    note('approve', await timed(samples, (round) => lives.approve(open[round] as string, 'manager')))
  }
  const ratio = (what: string) => (firsts.has(what) ? ((lasts.get(what) ?? 0) / (firsts.get(what) ?? 1)).toFixed(2) : '')
  const rows = [...found.values()].map((row) => [...row, ratio(String(row[0]))])
  return table(['p50 / p99 in ms, one caller', ...sizes.map((size) => `${size.toLocaleString('en')} stored`), 'last ÷ first'], rows)
}

function startUpTable({ firstMs, againMs, firstCpuMs, againCpuMs, idleMb }: StartUp): string {
  return table(
    ['start and memory', 'measured', 'target', 'CPU of Node'],
    [
      ['first start, to the first answer', `${firstMs.toFixed(0)} ms`, '≤ 3,000 ms', `${firstCpuMs.toFixed(0)} ms`],
      ['start on an existing database', `${againMs.toFixed(0)} ms`, '≤ 1,000 ms', `${againCpuMs.toFixed(0)} ms`],
      ['idle node, resident', `${idleMb.toFixed(0)} MB`, '≤ 150 MB', ''],
    ],
  )
}
