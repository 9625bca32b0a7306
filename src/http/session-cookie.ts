import type { IncomingHttpHeaders } from 'node:http'
import cookiePlugin from '@fastify/cookie'
import type { HttpSettings } from './app.ts'

const { parse, serialize } = cookiePlugin.fastifyCookie

type Where = Pick<HttpSettings, 'publicUrl'>

/** True when browsers reach us over TLS; we see plain HTTP either way. */
export function isHttps({ publicUrl }: Where): boolean {
  return publicUrl.startsWith('https:')
}

/** A name that begins with __Host- is one that no other host, path or plain connection can set. */
const nameOf = (where: Where) => (isHttps(where) ? '__Host-countersign' : 'countersign_session')

const terms = (where: Where) => ({ path: '/', httpOnly: true, sameSite: 'strict', secure: isHttps(where) }) as const

/** The secret of the session cookie, or undefined. */
export function sessionSecret(where: Where, headers: IncomingHttpHeaders): string | undefined {
  return readCookie(headers, nameOf(where))
}

/** The header that gives a browser its session; it forgets it when it is closed. */
export function sessionCookie(where: Where, secret: string): string {
  return serialize(nameOf(where), secret, terms(where))
}

/** The header that takes the cookie away. */
export function endedSessionCookie(where: Where): string {
  return serialize(nameOf(where), '', { ...terms(where), maxAge: 0 })
}

/** The value of a cookie, or undefined. */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  return parse(headers.cookie ?? '')[name] || undefined
}
