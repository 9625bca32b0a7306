import type { Actor } from '../domain/actor.ts'
import type { ClientSecrets } from '../ports.ts'
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

/** What making a client needs beside the database. */
export interface ClientContext extends Context {
  clientSecrets: ClientSecrets
}

type Maker = Pick<Actor, 'identityId' | 'name'>

/** Makes a client and returns its id and secret. */
export async function makeClient(context: ClientContext, by: Maker, client: NewClient): Promise<MadeClient> {
  return context.db.transaction((tx) => makeClientIn(tx, context, by, client))
}

/** The same inside a transaction that has checked more. */
export async function makeClientIn(tx: Tx, { ids, clientSecrets }: ClientContext, by: Maker, client: NewClient): Promise<MadeClient> {
  const id = ids.next()
  const secret = clientSecrets.make()
  await insertOauthClient(tx, { id, secretHash: clientSecrets.hash(secret), ...client })
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
