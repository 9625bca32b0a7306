import { afterAll, beforeAll, expect, test } from 'vitest'
import { openIdProvider } from '../../src/adapters/openid.ts'
import { OpenIdError } from '../../src/ports.ts'
import { startProvider, type TestProvider } from '../support/openid-provider.ts'

/** The adapter against a real provider, over loopback. */

const redirectUri = 'http://localhost:8080/countersign/v1/sign-in/callback'

let provider: TestProvider
beforeAll(async () => {
  provider = await startProvider({ redirectUris: [redirectUri] })
  provider.claims.set('alice', { email: 'alice@example.com', email_verified: true, preferred_username: 'emp.alice' })
})
afterAll(() => provider.close())

const adapterAt = (at: TestProvider, clientSecret: string | undefined = at.clientSecret) =>
  openIdProvider({ issuer: at.issuer, clientId: at.clientId, clientSecret, timeoutMs: 2_000 })

async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(OpenIdError)
  return (error as OpenIdError).kind
}

test('it asks for a code with PKCE, and every attempt has a state, a nonce and a verifier of its own', async () => {
  const adapter = adapterAt(provider)
  const [one, other] = [await adapter.begin(redirectUri), await adapter.begin(redirectUri)]
  const asked = new URL(one.url).searchParams
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: 'countersign',
    response_type: 'code',
    redirect_uri: redirectUri,
    code_challenge_method: 'S256',
    state: one.checks.state,
    nonce: one.checks.nonce,
  })
  expect(one.url).not.toContain(one.checks.codeVerifier)
  for (const check of ['state', 'nonce', 'codeVerifier'] as const) expect(one.checks[check]).not.toBe(other.checks[check])
})

test.each(['client_secret_basic', 'client_secret_post', 'none'] as const)(
  'a client that proves itself with %s learns who signed in',
  async (way) => {
    const other = await startProvider({ redirectUris: [redirectUri], authMethod: way })
    other.claims.set('alice', { email: 'alice@example.com' })
    try {
      const adapter = openIdProvider({
        issuer: other.issuer,
        clientId: other.clientId,
        clientSecret: way === 'none' ? undefined : other.clientSecret,
      })
      const { url, checks } = await adapter.begin(redirectUri)
      const cameBackTo = (await other.signIn(url, 'alice')).href
      expect(await adapter.finish({ cameBackTo, checks, claim: 'email' })).toMatchObject({ sub: 'alice', email: 'alice@example.com' })
    } finally {
      await other.close()
    }
  },
)

test('a person who thinks better of it was refused, and nothing is wrong with the provider', async () => {
  const adapter = adapterAt(provider)
  const { url, checks } = await adapter.begin(redirectUri)
  const cameBackTo = (await provider.cancel(url)).href
  expect(await kindOf(adapter.finish({ cameBackTo, checks, claim: 'email' }))).toBe('refused')
})

test('what comes back with another state, nonce or verifier, or a second time, is not believed', async () => {
  const adapter = adapterAt(provider)
  for (const check of ['state', 'nonce', 'codeVerifier'] as const) {
    const { url, checks } = await adapter.begin(redirectUri)
    const cameBackTo = (await provider.signIn(url, 'alice')).href
    const bent = { ...checks, [check]: `${checks[check].slice(0, -4)}abcd` }
    expect([check, await kindOf(adapter.finish({ cameBackTo, checks: bent, claim: 'email' }))]).toEqual([check, 'invalid'])
  }
  const { url, checks } = await adapter.begin(redirectUri)
  const cameBackTo = (await provider.signIn(url, 'alice')).href
  await adapter.finish({ cameBackTo, checks, claim: 'email' })
  expect(await kindOf(adapter.finish({ cameBackTo, checks, claim: 'email' }))).toBe('invalid')
})

test('a client with a wrong secret is told nothing', async () => {
  const adapter = adapterAt(provider, 'another secret of the provider')
  const { url, checks } = await adapter.begin(redirectUri)
  const cameBackTo = (await provider.signIn(url, 'alice')).href
  expect(await kindOf(adapter.finish({ cameBackTo, checks, claim: 'email' }))).toBe('invalid')
})

test('a provider that is away is unreachable, and found when it is there again', async () => {
  const gone = await startProvider({ redirectUris: [redirectUri] })
  await gone.close()
  const adapter = adapterAt(gone)
  expect(await kindOf(adapter.begin(redirectUri))).toBe('unreachable')
  expect(await kindOf(adapter.begin(redirectUri))).toBe('unreachable')
})
