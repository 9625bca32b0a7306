import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './app.ts'

const YEAR_SECONDS = 31_536_000

/** What the client's own build puts where a nonce belongs (`html.cspNonce` of Vite). */
const NONCE_HERE = /__CSP_NONCE__/g

/** Nothing but our own files; scripts from us alone, styles also where they carry the nonce of this one page. */
const policy = (nonce: string) =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `manifest-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')

/** Serves the built client: its files, and its page for `/` and for every path of its own. */
export async function webClientRoutes(server: FastifyInstance, app: App): Promise<void> {
  const root = app.settings.webFolder
  // Only what is asked for by name is served; there are no listings, and compressed neighbours (x.js.br) are sent in its place.
  await server.register(fastifyStatic, { root, serve: false, index: false, preCompressed: true, cacheControl: false, dotfiles: 'ignore' })
  server.get('/', (_request, reply) => sendPage(root, reply))
  server.get('/assets/*', (request, reply) => {
    const name = (request.params as { '*': string })['*']
    if (name.includes('..')) return reply.callNotFound()
    // The name of an asset has a hash of what is in it.
    reply.header('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`)
    return reply.sendFile(name, join(root, 'assets'))
  })
  server.get('/:file(^[\\w-]+\\.(?:ico|js|png|svg|txt|webmanifest)$)', (request, reply) => {
    reply.header('Cache-Control', 'no-cache')
    return reply.sendFile((request.params as { file: string }).file)
  })
}

/** True when a browser asks for a page at a path that is none of ours: the client knows what to show there. */
export function isClientRoute({ method, url, headers }: Pick<FastifyRequest, 'method' | 'url' | 'headers'>): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const path = `/${(url.split('?')[0] ?? '').replace(/^\/+/, '')}`
  if (/^\/(beta|v3|v20\d\d|countersign|oauth|health|metrics|assets)(\/|$)/.test(path) || /^\/[^/]+\/v\d+(\/|$)/.test(path)) return false
  return !/\.\w+$/.test(path) && (headers.accept ?? '').includes('text/html')
}

const notBuilt = `The web client is not part of this build. "node scripts/build.mjs" makes it, in dist/web; then reload this page.
The API is here: /countersign/v1/docs tells of it.
`

/** The page of the client, with a nonce of its own; says so in plain words where there is none. */
export async function sendPage(root: string, reply: FastifyReply): Promise<FastifyReply> {
  reply.header('Cache-Control', 'no-cache')
  const html = await readPage(join(root, 'index.html'))
  if (html === undefined) return reply.code(404).header('Content-Type', 'text/plain; charset=utf-8').send(notBuilt)
  const nonce = randomBytes(16).toString('base64')
  reply.headers({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy(nonce),
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  })
  return reply.send(html.replace(NONCE_HERE, nonce))
}

let kept: { path: string; mtimeMs: number; html: string } | undefined

/** The text of the page, read again when it was built again; undefined when there is none. */
async function readPage(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (kept?.path !== path || kept.mtimeMs !== found.mtimeMs) kept = { path, mtimeMs: found.mtimeMs, html: await readFile(path, 'utf8') }
  return kept.html
}
