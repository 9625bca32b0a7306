import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** A real OpenID provider on loopback, at which anybody may sign in as anybody. */
export interface TestProvider {
  issuer: string
  clientId: string
  clientSecret: string
  /** What it says of whom, by login; `sub` is the login. */
  claims: Map<string, Record<string, unknown>>
  /** As a person with a browser: from the address they were sent to, to the one they are sent back to. */
  signIn(url: string, login: string): Promise<URL>
  /** The same, for who thinks better of it. */
  cancel(url: string): Promise<URL>
  close(): Promise<void>
}

export interface ProviderOptions {
  redirectUris: string[]
  /** How the client proves itself; 'none' for a public client. */
  authMethod?: 'client_secret_basic' | 'client_secret_post' | 'none'
}

export async function startProvider({ redirectUris, authMethod = 'client_secret_basic' }: ProviderOptions): Promise<TestProvider> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const claims = new Map<string, Record<string, unknown>>()
  const client = { client_id: 'countersign', client_secret: 'a secret of the provider, long enough' }
  const { client_secret: _, ...publicClient } = client
  const provider = new Provider(issuer, {
    clients: [{ ...(authMethod === 'none' ? publicClient : client), token_endpoint_auth_method: authMethod, redirect_uris: redirectUris }],
    clientAuthMethods: [authMethod],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username', 'name'] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, login: string) => ({ accountId: login, claims: () => ({ sub: login, ...claims.get(login) }) }),
    // Set, so that it does not say on the console what is usual.
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ['a key of the test'] },
  })
  server.on('request', provider.callback())
  return {
    issuer,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    claims,
    signIn: (url, login) => browse(issuer, url, [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }]),
    cancel: (url) => browse(issuer, url, []),
    close: () => closed(server),
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

/** Follows redirects within the provider, fills in its forms in turn (or, without one, gives up) and returns where it sends us away to. */
async function browse(issuer: string, url: string, forms: Record<string, string>[]): Promise<URL> {
  const cookies = new Map<string, string>()
  let next = new URL(url)
  const left = [...forms]
  let form: Record<string, string> | undefined
  for (let hops = 0; hops < 20; hops++) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/)
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const html = await response.text()
    form = location === null ? left.shift() : undefined
    const abort = /href="([^"]*\/abort)"/.exec(html)?.[1]
    if (location === null && form === undefined && abort === undefined) throw new Error(`stuck at ${next}: ${response.status} ${html}`)
    if (location !== null || form === undefined) next = new URL(location ?? abort ?? '', next)
    if (next.origin !== issuer) return next
  }
  throw new Error('the provider sends us round in circles')
}
