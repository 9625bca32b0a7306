import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock, TokenClaims, Tokens } from '../ports.ts'

/** JWTs signed with a key that all nodes share. The claims have the names that clients of the contract read. */
export function jwtTokens(signingKey: Uint8Array, tenant: { id: string; name: string }, clock: Clock): Tokens {
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
      try {
        const { payload } = await jwtVerify(token, signingKey, { algorithms: ['HS256'], currentDate: clock.now() })
        return claimsOf(payload)
      } catch (error) {
        return error instanceof errors.JWTExpired ? 'JWT validation failed: JWT is expired' : 'JWT validation failed: JWT is not valid'
      }
    },
  }
}

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
