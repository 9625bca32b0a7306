import { cpus, totalmem } from 'node:os'
import { listenTo } from '../support/statements.ts'
import { fillPopulation, fillRequests, type Population } from './fill.ts'
import { floorLives, Lives, recordApproves, recordCreates, replayed, wholeLives } from './lives.ts'
import { ms, perSecond, spreadOf, table, timed } from './measure.ts'
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

/** How many statements each call sends, begin and commit among them. */
async function statements(lives: Lives, tokens: { manager: string; admin: string }): Promise<string> {
  const sent = listenTo(lives.product.db.pool)
  await lives.live()
  let requestId = ''
  const count = async (work: () => Promise<unknown>) => (await sent(work)).length
  const create = await count(async () => {
    requestId = await lives.create()
  })
  const first = await lives.openApproval(requestId)
  const approve = await count(() => lives.approve(first, 'manager'))
  const second = await lives.openApproval(requestId)
  const last = await count(() => lives.approve(second, 'owner'))
  const pending = await count(() => lives.product.call(tokens.manager, 'GET', '/v3/access-request-approvals/pending'))
  const status = await count(() => lives.product.call(tokens.admin, 'GET', '/v3/access-request-status'))
  const rows: Row[] = [['statements', create, approve, last, pending, status]]
  return table(['', 'create', 'approve, first', 'approve, last', 'pending', 'status'], rows)
}

/** Some lives, so that every table has rows, and PostgreSQL knows how many: a house that is lived in, not an empty one. */
async function warmUp(lives: Lives): Promise<void> {
  const worker = lives.product.startWorker()
  await wholeLives(lives, 5, callers)
  await worker.stop()
  await lives.product.pool.query('analyze')
}

async function throughput(lives: Lives, seconds: number): Promise<string> {
  const recordings = await recordCreates(lives, callers * 25)
  await perSecond(Math.min(2, seconds), callers, () => lives.create())
  const creates = await perSecond(seconds, callers, () => lives.create())
  const bareCreates = await replayed(lives, recordings, callers)
  const open: string[] = []
  for (let at = 0; at < callers * 50; at++) open.push(await lives.openApproval(await lives.create()))
  const bareApproves = await replayed(lives, await recordApproves(lives, open.slice(0, callers * 25)), callers)
  const left = open.slice(callers * 25)
  const begun = performance.now()
  const count = left.length
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let next = left.shift(); next; next = left.shift()) await lives.approve(next, 'manager')
    }),
  )
  const approves = (count * 1000) / (performance.now() - begun)
  const floor = await floorLives(lives, seconds, callers, false)
  const floorInTurns = await floorLives(lives, seconds, callers, true)
  lives.product.startWorker()
  const whole = await wholeLives(lives, seconds, callers)
  const row = (what: string, measured: number, against: number, target: number): Row => [
    what,
    measured.toFixed(0),
    against.toFixed(0),
    (measured / against).toFixed(2),
    `≥ ${target}`,
  ]
  return table(
    [`a second, ${callers} callers`, 'product', 'against', 'ratio', 'target'],
    [
      row('whole lives, against the floor', whole, floor, 0.5),
      [...row('the same, against a floor that sends each transaction in one go', whole, floorInTurns, 0).slice(0, 4), ''],
      row('create, against its own statements', creates, bareCreates, 0.7),
      row('approve, against its own statements', approves, bareApproves, 0.7),
    ],
  )
}

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

function startUpTable({ firstMs, againMs, idleMb }: StartUp): string {
  return table(
    ['start and memory', 'measured', 'target'],
    [
      ['first start, to the first answer', `${firstMs.toFixed(0)} ms`, '≤ 3,000 ms'],
      ['start on an existing database', `${againMs.toFixed(0)} ms`, '≤ 1,000 ms'],
      ['idle node, resident', `${idleMb.toFixed(0)} MB`, '≤ 150 MB'],
    ],
  )
}
