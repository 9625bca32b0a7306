import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock, TokenClaims, Tokens } from '../ports.ts'

/** JWTs signed with a key that all nodes share. The claims have the names that clients of the contract read. */
export function jwtTokens(signingKey: Uint8Array, tenant: { id: string; name: string }, clock: Clock): Tokens {
  const verified = new Verified()
  return {
    async issue(claims, lifetimeSeconds) {
      const now = Math.floor(clock.now().getTime() / 1000)
      return new SignJWT({
        tenant_id: tenant.id,
        pod: 'countersign',
        org: tenant.name,
        internal: false,
        strong_auth: true,
        strong_auth_supported: true,
        identity_id: claims.identityId,
        user_id: claims.identityId,
        user_name: claims.userName,
        authorities: claims.authorities,
        client_id: claims.clientId,
        scope: claims.scopes,
      })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .setJti(claims.tokenId)
        .sign(signingKey)
    },
    async verify(token) {
      const known = verified.get(token)
      if (known && known.expiresAt > clock.now().getTime() / 1000) return known.claims
      try {
        const { payload } = await jwtVerify(token, signingKey, { algorithms: ['HS256'], currentDate: clock.now() })
        const claims = claimsOf(payload)
        verified.remember(token, { claims, expiresAt: payload.exp ?? 0 })
        return claims
      } catch (error) {
        return error instanceof errors.JWTExpired ? 'JWT validation failed: JWT is expired' : 'JWT validation failed: JWT is not valid'
      }
    },
  }
}

/** A signature that was right is right for ever: it is not worked out again with every call. Whether the client is still let in is asked each time. */
class Verified {
  private readonly tokens = new Map<string, { claims: TokenClaims; expiresAt: number }>()

  get(token: string) {
    return this.tokens.get(token)
  }

  remember(token: string, seen: { claims: TokenClaims; expiresAt: number }): void {
    const [oldest] = this.tokens.keys()
    if (this.tokens.size >= MOST_REMEMBERED && oldest !== undefined) this.tokens.delete(oldest)
    this.tokens.set(token, seen)
  }
}

const MOST_REMEMBERED = 1_000

function claimsOf(payload: Record<string, unknown>): TokenClaims {
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
  return {
    clientId: String(payload['client_id']),
    identityId: text(payload['identity_id']),
    userName: text(payload['user_name']),
    authorities: list(payload['authorities']),
    scopes: list(payload['scope']),
    tokenId: String(payload['jti']),
  }
}
