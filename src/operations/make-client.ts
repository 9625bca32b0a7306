import { createHash, randomBytes } from 'node:crypto'
import type { Actor } from '../domain/actor.ts'
import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { insertOauthClient, type NewOauthClient } from '../store/oauth-clients.ts'
import type { Context } from './context.ts'

/** `identityId` is null for a client that speaks for no person. */
export type NewClient = Omit<NewOauthClient, 'id' | 'secretHash'>

export interface MadeClient {
  id: string
  /** Shown this once and stored only as a hash. */
  secret: string
  createdAt: Date
}

type Maker = Pick<Actor, 'identityId' | 'name'>

/** Makes a client and returns its id and secret. */
export async function makeClient({ db, ids }: Context, by: Maker, client: NewClient): Promise<MadeClient> {
  return db.transaction((tx) => makeClientIn(tx, ids, by, client))
}

/** The same inside a transaction that has checked more. */
export async function makeClientIn(tx: Tx, ids: Ids, by: Maker, client: NewClient): Promise<MadeClient> {
  const id = ids.next()
  const secret = randomBytes(32).toString('hex')
  const secretHash = createHash('sha256').update(secret).digest('hex')
  await insertOauthClient(tx, { id, secretHash, ...client })
  await recordAudit(tx, [
    {
      id: ids.next(),
      action: 'OAUTH_CLIENT_CREATED',
      actor: { id: by.identityId, name: by.name },
      target: { id, name: client.name },
      trackingNumber: null,
      details: { identityId: client.identityId, scopes: client.scopes, expiresAt: client.expiresAt?.toISOString() ?? null },
    },
  ])
  return { id, secret, createdAt: tx.now }
}
