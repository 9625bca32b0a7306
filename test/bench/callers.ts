import pg from 'pg'
import { Lives, openApproval, type Scene } from './lives.ts'
import { type Done, eachOf, perSecond } from './measure.ts'
import { Pairs } from './pairs.ts'

/**
 * The callers of the bench, in a process of their own: what they cost is not what the product costs. They are told what to do by messages and answer
 * each with how much they did.
 */

/** What the process is told: first who and where, then what to do. */
export interface Order {
  open?: Scene & { callers: number; url: string; schema: string }
  /** Creates over and over, for so many seconds. */
  create?: { seconds: number }
  /** Makes so many requests and gives back their open approvals. */
  prepare?: { count: number }
  /** The manager agrees to each of these. */
  approve?: { approvalIds: string[] }
  /** Whole lives for so many seconds, until the last is over. */
  live?: { seconds: number }
}

export type Report = Done & { approvalIds?: string[] }

let pool: pg.Pool
let callers: Lives[] = []

process.on('message', (order: Order) => {
  follow(order).then(
    (report) => process.send?.(report),
    (error: Error) => process.send?.({ error: error.stack }),
  )
})

async function follow({ open, create, prepare, approve, live }: Order): Promise<Report> {
  if (open) await begin(open)
  if (create) return perSecond(create.seconds, callers, (caller) => caller.create())
  if (approve) return eachOf(approve.approvalIds, callers, (caller, id) => caller.approve(id, 'manager'))
  if (live) return wholeLives(live.seconds)
  if (!prepare) return { count: 0, answer: 0 }
  const approvalIds: string[] = []
  const list = Array.from({ length: prepare.count })
  const done = await eachOf(list, callers, async (caller) => approvalIds.push(await caller.openApproval(await caller.create())))
  return { ...done, approvalIds }
}

async function begin({ callers: count, url, schema, ...scene }: NonNullable<Order['open']>): Promise<void> {
  pool = new pg.Pool({ connectionString: url, max: 4, options: `-c search_path=${schema} -c timezone=UTC` })
  pool.on('error', () => undefined)
  const pairs = new Pairs(scene.population, 'callers')
  callers = Array.from({ length: count }, () => new Lives(scene, pairs, (id) => openApproval(pool, id)))
}

/** Whole lives a second: asked, agreed twice, put in place and completed. */
async function wholeLives(seconds: number): Promise<Done> {
  const text = `select count(*) as n from requested_item where finished_at > now() - interval '1 hour'`
  const finished = async () => Number((await pool.query({ name: 'finished', text })).rows[0]?.n)
  const before = await finished()
  let over = 0
  let counting = true
  const counted = (async () => {
    while (counting) {
      over = (await finished()) - before
      await pause(100)
    }
  })()
  const begun = performance.now()
  let begunLives = 0
  await perSecond(seconds, callers, async (caller) => {
    begunLives++
    await caller.live()
    // Nobody runs ahead of the worker: a life counts when it is over.
    while (begunLives - over > callers.length * 4) await pause()
  })
  while (over < begunLives) await pause()
  counting = false
  await counted
  return { count: begunLives, answer: (begunLives * 1000) / (performance.now() - begun) }
}

const pause = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms))
