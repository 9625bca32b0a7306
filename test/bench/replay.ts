import type { Ask, AskedItem } from '../../src/domain/access-request.ts'
import { createAccessRequests } from '../../src/operations/create-access-requests.ts'
import { decideApproval } from '../../src/operations/decide-approval.ts'
import { listenTo, type Statement } from '../support/statements.ts'
import type { Population } from './fill.ts'
import type { Lives } from './lives.ts'
import { type Done, eachOf } from './measure.ts'
import { Pairs } from './pairs.ts'
import type { Product } from './product.ts'

export type Recording = Statement[]

/** The statements of so many creates, with the one that looks up who calls: carried out up to their end and then taken back, so that they can be sent again. */
export async function recordCreates(product: Product, lives: Lives, population: Population, count: number): Promise<Recording[]> {
  const pairs = new Pairs(population, 'recordings')
  const admin = { clientId: 'bench', identityId: population.adminId, name: 'admin', isAdmin: true, scopes: ['sp:scopes:all'] }
  return recorded(
    product,
    () => lives.whoami('admin'),
    count,
    async () => {
      const { personId, roleId } = pairs.next()
      const nothing = { clientMetadata: null, startAt: null, endAt: null, accountSelection: null, assignmentId: null, nativeIdentity: null }
      const item: AskedItem = { path: 'requestedItems[0]', type: 'ROLE', id: roleId, comment: 'for the year end', ...nothing }
      const ask: Ask = { kind: 'GRANT', clientMetadata: null, entries: [{ path: 'requestedFor[0]', recipientId: personId, items: [item] }] }
      await createAccessRequests(product.app, admin, ask)
    },
  )
}

/** The same of decisions of the manager. */
export async function recordApproves(product: Product, lives: Lives, population: Population, approvalIds: string[]): Promise<Recording[]> {
  const manager = { clientId: 'bench', identityId: population.managerId, name: 'manager', isAdmin: false, scopes: [] }
  let at = 0
  return recorded(
    product,
    () => lives.whoami('manager'),
    approvalIds.length,
    () => decideApproval(product.app, manager, approvalIds[at++] as string, { answer: 'approve', comment: 'fine' }),
  )
}

class TakenBack extends Error {}

async function recorded(
  product: Product,
  whoami: () => Promise<unknown>,
  count: number,
  work: () => Promise<unknown>,
): Promise<Recording[]> {
  const listen = listenTo(product.db.pool, (text) => {
    if (/^commit$/i.test(text)) throw new TakenBack()
  })
  const lookUp = (await listen(whoami)).slice(0, 1)
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
export async function replayed(product: Product, recordings: Recording[], callers: number): Promise<Done> {
  return eachOf(recordings, Array.from({ length: callers }), (_, recording) => replay(product, recording))
}

/** In the turns in which the product sent them: what it sent without waiting for an answer is sent so again. */
async function replay(product: Product, recording: Recording): Promise<void> {
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
