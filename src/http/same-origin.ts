import type { IncomingHttpHeaders } from 'node:http'
import type { HttpSettings } from './app.ts'

interface Caller {
  method: string
  headers: IncomingHttpHeaders
}

/**
 * True when a call that a cookie vouches for was made by our own pages. Browsers say where a call comes from in Sec-Fetch-Site (over TLS and
 * on loopback) and in Origin (on every call that writes); a page of somebody else can forge neither. A person who opens an address by hand
 * may read ('none'); what writes needs the proof.
 */
export function isFromOurPages({ method, headers }: Caller, { publicUrl }: Pick<HttpSettings, 'publicUrl'>): boolean {
  const reads = method === 'GET' || method === 'HEAD'
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || (reads && site === 'none')
  if (headers.origin === undefined) return reads
  return headers.origin === publicUrl || hostOf(headers.origin) === headers.host
}

/** `localhost:8080` of http://localhost:8080, or undefined for what is no origin. */
export function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
