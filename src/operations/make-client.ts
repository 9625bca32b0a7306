import { createHash, randomBytes } from 'node:crypto'
import type { Actor } from '../domain/actor.ts'
import { recordAudit } from '../store/audit.ts'
import { insertOauthClient } from '../store/oauth-clients.ts'
import type { Context } from './context.ts'

export interface NewClient {
  name: string
  /** Null for a client that speaks for no person. */
  identityId: string | null
  scopes: string[]
}

/** Makes a client and returns its secret, which is shown this once and stored only as a hash. */
export async function makeClient(
  { db, ids }: Context,
  by: Pick<Actor, 'identityId' | 'name'>,
  client: NewClient,
): Promise<{ id: string; secret: string }> {
  const id = ids.next()
  const secret = randomBytes(32).toString('hex')
  const secretHash = createHash('sha256').update(secret).digest('hex')
  await db.transaction(async (tx) => {
    await insertOauthClient(tx, { id, secretHash, ...client })
    await recordAudit(tx, [
      {
        id: ids.next(),
        action: 'OAUTH_CLIENT_CREATED',
        actor: { id: by.identityId, name: by.name },
        target: { id, name: client.name },
        trackingNumber: null,
        details: { identityId: client.identityId, scopes: client.scopes },
      },
    ])
  })
  return { id, secret }
}
