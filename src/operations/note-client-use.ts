import { touchOauthClient } from '../store/oauth-clients.ts'
import type { Context } from './context.ts'

/** Notes that a client asked for a token, so that its owner sees which ones are still in use. */
export async function noteClientUse({ db }: Context, clientId: string): Promise<void> {
  await touchOauthClient(db.sql, clientId)
}
