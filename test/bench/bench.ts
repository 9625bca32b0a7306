import { cpus, totalmem } from 'node:os'
import { listenTo } from '../support/statements.ts'
import { CallersProcess } from './callers-process.ts'
import { type Cpu, CpuMeter } from './cpu.ts'
import { fillPopulation, fillRequests, type Population } from './fill.ts'
import { floorLives } from './floor.ts'
import { Lives, openApproval } from './lives.ts'
import { type Done, ms, spreadOf, table, timed, WARM } from './measure.ts'
import { Pairs } from './pairs.ts'
import { type StartUp, startUps } from './processes.ts'
import { openProduct, type Product } from './product.ts'
import { recordApproves, recordCreates, replayed } from './replay.ts'

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
  const callersProcess = new CallersProcess()
  try {
    const population = await fillPopulation(product.pool)
    const tokens = await tokensOf(product, population)
    const scene = { port: product.port, population, tokens }
    await callersProcess.order({ open: { ...scene, callers, url, schema: product.schema } })
    const lives = new Lives(scene, new Pairs(population, 'alone'), (id) => openApproval(product.pool, id))
    const stage = { product, population, tokens, lives, callersProcess }
    say(await statements(stage))
    await fillRequests(product.pool, population, 0, sizes[0] as number)
    await warmUp(stage)
    say(await throughput(stage, seconds))
    say(await atSizes(stage, sizes))
    lives.wire.close()
  } finally {
    callersProcess.stop()
    await product.close().catch((error: unknown) => console.error(error))
  }
  say(startUpTable(await startUps(options.startUpUrl)))
}

/** All that is measured with. */
interface Stage {
  product: Product
  population: Population
  tokens: Tokens
  /** One caller in this process. */
  lives: Lives
  callersProcess: CallersProcess
}

type Tokens = Record<'admin' | 'manager' | 'owner' | 'busy', string>

async function tokensOf(product: Product, { adminId, managerId, ownerId, busyId }: Population): Promise<Tokens> {
  const tokenFor = product.tokenFor
  return {
    admin: await tokenFor(adminId),
    manager: await tokenFor(managerId),
    owner: await tokenFor(ownerId),
    busy: await tokenFor(busyId),
  }
}

export function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`
}

/** How many statements each call sends, begin and commit among them, and in how many turns. */
async function statements({ product, lives, tokens }: Stage): Promise<string> {
  const sent = listenTo(product.db.pool)
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
  const pending = await count(() => lives.wire.call(tokens.manager, 'GET', '/v3/access-request-approvals/pending'))
  const status = await count(() => lives.wire.call(tokens.admin, 'GET', '/v3/access-request-status'))
  const rows: Row[] = [['statements, in turns', create, approve, last, pending, status]]
  return table(['', 'create', 'approve, first', 'approve, last', 'pending', 'status'], rows)
}

/** Some lives, so that every table has rows, and PostgreSQL knows how many: a house that is lived in, not an empty one. */
async function warmUp({ product, callersProcess }: Stage): Promise<void> {
  const worker = product.startWorker()
  await callersProcess.order({ live: { seconds: 5 } })
  await worker.stop()
  await product.pool.query('analyze')
}

/** How many a second, and what each has cost. */
interface Rate {
  perSecond: number
  cpu: Cpu
}

async function throughput(stage: Stage, seconds: number): Promise<string> {
  const { product, population, lives, callersProcess } = stage
  const meter = await CpuMeter.of(product.pool)
  const rate = async (work: () => Promise<Done>): Promise<Rate> => {
    const { answer, cpu } = await meter.measure(work)
    return { perSecond: answer, cpu }
  }
  const recordings = await recordCreates(product, lives, population, callers * 50)
  await callersProcess.order({ create: { seconds: Math.min(2, seconds) } })
  const creates = await rate(() => callersProcess.order({ create: { seconds } }))
  const bareCreates = await rate(() => replayed(product, recordings, callers))
  const { approvalIds: open = [] } = await callersProcess.order({ prepare: { count: callers * 100 } })
  const toReplay = await recordApproves(product, lives, population, open.splice(0, callers * 50))
  const bareApproves = await rate(() => replayed(product, toReplay, callers))
  const approves = await rate(() => callersProcess.order({ approve: { approvalIds: open } }))
  const pairs = new Pairs(population, 'floor')
  const floorOf = (inTurns: boolean) => rate(() => floorLives(product.pool, population, pairs, { seconds, callers, inTurns }))
  const floor = await floorOf(false)
  const floorInTurns = await floorOf(true)
  const worker = product.startWorker()
  const whole = await rate(() => callersProcess.order({ live: { seconds } }))
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

async function atSizes({ product, population, tokens, lives }: Stage, sizes: number[]): Promise<string> {
  const get = (token: string, path: string) => async () => {
    const { json } = await lives.wire.call(token, 'GET', path)
    if (json.length !== 250) throw new Error(`${path}: ${json.length} rows`)
  }
  const pages: [string, () => Promise<unknown>][] = [
    ['pending, first page', get(tokens.manager, '/v3/access-request-approvals/pending')],
    ['status, first page (everybody)', get(tokens.admin, '/v3/access-request-status')],
    ['status, first page (one person)', get(tokens.busy, '/v3/access-request-status?requested-for=me')],
  ]
  const meter = await CpuMeter.of(product.pool)
  const found = new Map<string, { cells: string[]; p50s: number[]; cpus: number[] }>()
  const note = async (what: string, times: number, work: (round: number) => Promise<unknown>) => {
    const { answer, cpu } = await meter.measure(async () => ({ count: times + WARM, answer: await timed(times, work) }))
    const { p50, p99 } = spreadOf(answer)
    const row = found.get(what) ?? { cells: [], p50s: [], cpus: [] }
    found.set(what, row)
    row.cells.push(`${ms(p50)} / ${ms(p99)}`, `${cpuText(cpu)}`)
    row.p50s.push(p50)
    row.cpus.push(sumOf(cpu))
  }
  let stored = sizes[0] as number
  for (const size of sizes) {
    await fillRequests(product.pool, population, stored, size)
    stored = size
    console.error(`${size.toLocaleString('en')} requests are stored`)
    for (const [what, page] of pages) await note(what, 60, page)
    const open: string[] = []
    await note('create', samples, async () => open.push(await lives.openApproval(await lives.create())))
    await note('approve', samples, (round) => lives.approve(open[round] as string, 'manager'))
  }
  const lastOverFirst = (values: number[]) => ((values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN)).toFixed(2)
  const rows = [...found].map(([what, { cells, p50s, cpus }]) => [what, ...cells, lastOverFirst(p50s), lastOverFirst(cpus)])
  const head = sizes.flatMap((size) => [`${size.toLocaleString('en')} stored`, 'CPU each'])
  return table(['p50 / p99 in ms, one caller', ...head, 'last ÷ first', 'of CPU'], rows)
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
