import * as openid from 'openid-client'
import { OpenIdError, type OpenIdProvider } from '../ports.ts'

export interface OpenIdOptions {
  /** The issuer, as the provider's own discovery document names it. */
  issuer: string
  clientId: string
  /** Undefined for a public client. */
  clientSecret: string | undefined
  timeoutMs?: number
}

/** A provider found by its discovery document, with the authorization code flow and PKCE. Nothing is asked of it before somebody signs in. */
export function openIdProvider(options: OpenIdOptions): OpenIdProvider {
  let found: Promise<openid.Configuration> | undefined
  const configuration = () => {
    found ??= discover(options).catch((error: unknown) => {
      // Whoever comes next tries again.
      found = undefined
      throw error
    })
    return found
  }
  return {
    async begin(redirectUri) {
      const checks = { state: openid.randomState(), nonce: openid.randomNonce(), codeVerifier: openid.randomPKCECodeVerifier() }
      const url = await told(async () =>
        openid.buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          state: checks.state,
          nonce: checks.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(checks.codeVerifier),
          code_challenge_method: 'S256',
        }),
      )
      return { url: url.href, checks }
    },
    finish: ({ cameBackTo, checks, claim }) => told(async () => finish(await configuration(), new URL(cameBackTo), checks, claim)),
  }
}

async function discover({ issuer, clientId, clientSecret, timeoutMs = 10_000 }: OpenIdOptions): Promise<openid.Configuration> {
  const server = new URL(issuer)
  // The settings let http pass on loopback only.
  const execute = server.protocol === 'http:' ? [openid.allowInsecureRequests] : []
  const found = await openid.discovery(server, clientId, undefined, openid.None(), { execute, timeout: timeoutMs / 1000 })
  const metadata = found.serverMetadata()
  const ways = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const secretWay = ways.includes('client_secret_basic') ? openid.ClientSecretBasic : openid.ClientSecretPost
  const config = new openid.Configuration(
    metadata,
    clientId,
    undefined,
    clientSecret === undefined ? openid.None() : secretWay(clientSecret),
  )
  config.timeout = timeoutMs / 1000
  for (const step of execute) step(config)
  // The token comes over TLS from the provider itself; its signature is checked all the same.
  openid.enableNonRepudiationChecks(config)
  return config
}

async function finish(
  config: openid.Configuration,
  cameBackTo: URL,
  checks: { state: string; nonce: string; codeVerifier: string },
  claim: string,
): Promise<Record<string, unknown>> {
  const tokens = await openid.authorizationCodeGrant(config, cameBackTo, {
    expectedState: checks.state,
    expectedNonce: checks.nonce,
    pkceCodeVerifier: checks.codeVerifier,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (claims === undefined) throw new OpenIdError('invalid', 'the provider sent no ID token')
  if (claims[claim] !== undefined || config.serverMetadata().userinfo_endpoint === undefined) return claims
  return { ...claims, ...(await openid.fetchUserInfo(config, tokens.access_token, claims.sub)) }
}

/** Runs a step and says what went wrong in our words. */
async function told<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof OpenIdError) throw error
    throw new OpenIdError(kindOf(error), textOf(error))
  }
}

function kindOf(error: unknown): OpenIdError['kind'] {
  if (error instanceof openid.AuthorizationResponseError) return 'refused'
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return error instanceof TypeError || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT' ? 'unreachable' : 'invalid'
}

/** Codes and reasons; what the library puts beside them may hold claims. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, error: reason } = error as { code?: unknown; error?: unknown }
  return [error.message, code, reason].filter((part) => typeof part === 'string').join(', ')
}
