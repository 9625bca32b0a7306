import type { Ask, AskedItem } from '../../src/domain/access-request.ts'
import { createAccessRequests } from '../../src/operations/create-access-requests.ts'
import { decideApproval } from '../../src/operations/decide-approval.ts'
import { listenTo, type Statement } from '../support/statements.ts'
import type { Population } from './fill.ts'
import { floorLife } from './floor.ts'
import { type Done, eachOf, perSecond } from './measure.ts'
import type { Product } from './product.ts'

const approvals = '/v3/access-request-approvals'

/** Makes requests and answers them, over a socket. Every request is for another person and role. */
export class Lives {
  readonly product: Product
  readonly population: Population
  private round = 0
  private readonly tokens: { admin: string; manager: string; owner: string }

  constructor(product: Product, population: Population, tokens: { admin: string; manager: string; owner: string }) {
    this.product = product
    this.population = population
    this.tokens = tokens
  }

  next(): { personId: string; roleId: string } {
    const { personIds, roleIds } = this.population
    const round = this.round++
    const roleId = roleIds[Math.floor(round / personIds.length)]
    if (roleId === undefined) throw new Error('the bench has used up its people and roles: start it anew')
    return { personId: personIds[round % personIds.length] as string, roleId }
  }

  async create(): Promise<string> {
    const { personId, roleId } = this.next()
    const body = {
      requestedFor: [personId],
      requestType: 'GRANT_ACCESS',
      requestedItems: [{ type: 'ROLE', id: roleId, comment: 'for the year end' }],
    }
    const { json } = await this.product.call(this.tokens.admin, 'POST', '/v3/access-requests', body)
    return json.newRequests[0].accessRequestIds[0]
  }

  /** The open approval of a request, read beside the product: how a person finds it is measured elsewhere. */
  async openApproval(requestId: string): Promise<string> {
    const { rows } = await this.product.pool.query({
      name: 'open approval',
      text: `select a.id from requested_item i join approval a on a.requested_item_id = i.id where i.request_id = $1 and a.state = 'PENDING'`,
      values: [requestId],
    })
    return String(rows[0]?.id)
  }

  async approve(approvalId: string, as: 'manager' | 'owner'): Promise<void> {
    await this.product.call(this.tokens[as], 'POST', `${approvals}/${approvalId}/approve`, { comment: 'fine' })
  }

  /** A call that only asks who calls, before it asks anything else. */
  async whoami(as: 'admin' | 'manager'): Promise<void> {
    await this.product.call(this.tokens[as], 'GET', `${approvals}/pending?limit=1`)
  }

  async live(): Promise<string> {
    const requestId = await this.create()
    await this.approve(await this.openApproval(requestId), 'manager')
    await this.approve(await this.openApproval(requestId), 'owner')
    return requestId
  }
}

/** Whole lives a second: asked, agreed twice, put in place and completed; so many callers, and the worker of the same process. */
export async function wholeLives(lives: Lives, seconds: number, callers: number): Promise<Done> {
  const { pool } = lives.product
  const finished = async () =>
    Number((await pool.query(`select count(*) as n from requested_item where finished_at > now() - interval '1 hour'`)).rows[0]?.n)
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
  await perSecond(seconds, callers, async () => {
    begunLives++
    await lives.live()
    // Nobody runs ahead of the worker: a life counts when it is over.
    while (begunLives - over > callers * 4) await pause()
  })
  while (over < begunLives) await pause()
  counting = false
  await counted
  return { count: begunLives, answer: (begunLives * 1000) / (performance.now() - begun) }
}

const pause = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms))

let floorRound = 0

/** The same rows, written by the floor script. */
export async function floorLives(lives: Lives, seconds: number, callers: number, inTurns: boolean): Promise<Done> {
  return perSecond(seconds, callers, () => floorLife(lives.product.pool, lives.population, floorRound++, inTurns))
}

type Recording = Statement[]

/** The statements of so many creates, with the one that looks up who calls: carried out up to their end and then taken back, so that they can be sent again. */
export async function recordCreates(lives: Lives, count: number): Promise<Recording[]> {
  const { app } = lives.product
  return recorded(lives, 'admin', count, async () => {
    const { personId, roleId } = lives.next()
    const nothing = { clientMetadata: null, startAt: null, endAt: null, accountSelection: null, assignmentId: null, nativeIdentity: null }
    const item: AskedItem = { path: 'requestedItems[0]', type: 'ROLE', id: roleId, comment: 'for the year end', ...nothing }
    const ask: Ask = { kind: 'GRANT', clientMetadata: null, entries: [{ path: 'requestedFor[0]', recipientId: personId, items: [item] }] }
    await createAccessRequests(app, adminOf(lives), ask)
  })
}

export async function recordApproves(lives: Lives, approvalIds: string[]): Promise<Recording[]> {
  const manager = { clientId: 'bench', identityId: lives.population.managerId, name: 'manager', isAdmin: false, scopes: [] }
  let at = 0
  return recorded(lives, 'manager', approvalIds.length, () =>
    decideApproval(lives.product.app, manager, approvalIds[at++] as string, { answer: 'approve', comment: 'fine' }),
  )
}

function adminOf({ population }: Lives) {
  return { clientId: 'bench', identityId: population.adminId, name: 'admin', isAdmin: true, scopes: ['sp:scopes:all'] }
}

class TakenBack extends Error {}

async function recorded(lives: Lives, as: 'admin' | 'manager', count: number, work: () => Promise<unknown>): Promise<Recording[]> {
  const listen = listenTo(lives.product.db.pool, (text) => {
    if (/^commit$/i.test(text)) throw new TakenBack()
  })
  const lookUp = (await listen(() => lives.whoami(as))).slice(0, 1)
  const recordings: Recording[] = []
  for (let round = 0; round < count; round++) {
    const own = await listen(async () => {
      await work().catch((error: unknown) => {
        if (!(error instanceof TakenBack)) throw error
      })
    })
    recordings.push([...lookUp, ...own])
  }
  return recordings
}

/** How many recorded transactions a second the database takes when they are sent to it as they were, by so many callers. */
export async function replayed(lives: Lives, recordings: Recording[], callers: number): Promise<Done> {
  return eachOf(recordings, callers, (recording) => replay(lives, recording))
}

/** In the turns in which the product sent them: what it sent without waiting for an answer is sent so again. */
async function replay({ product }: Lives, recording: Recording): Promise<void> {
  const client = await product.db.pool.connect()
  try {
    let turn: Promise<unknown>[] = []
    for (const { text, values, opensTurn } of recording.filter((one) => !/^rollback$/i.test(one.text))) {
      if (opensTurn) {
        await Promise.all(turn)
        turn = []
      }
      turn.push(values.length > 0 ? client.query(text, values) : client.query(text))
    }
    await Promise.all(turn)
  } finally {
    client.release()
  }
}
