import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

const script = 'console.log("the client")'
const page = (words: string) =>
  `<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/index-a1b2c3.js"></script>${words}`

let folder = ''
let app: TestApp
let secure: TestApp
let bare: TestApp
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-web-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), page('hello'))
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(folder, 'assets', 'index-a1b2c3.js'), script)
  await writeFile(join(folder, 'assets', 'index-a1b2c3.js.br'), brotliCompressSync(script))
  await writeFile(join(folder, 'assets', 'index-a1b2c3.js.gz'), gzipSync(script))
  await writeFile(join(folder, 'assets', 'plain-d4e5f6.css'), 'body {}')
  await writeFile(join(folder, '.secret'), 'not for you')
  app = await startApp({ organisation: null, settings: { webFolder: folder } })
  secure = await startApp({ organisation: null, settings: { webFolder: folder, publicUrl: 'https://access.example.com' } })
  bare = await startApp({ organisation: null })
})
afterAll(async () => {
  await Promise.all([app.close(), secure.close(), bare.close()])
  await rm(folder, { recursive: true })
})

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const get = (url: string, headers: Record<string, string> = browser, from = app) => from.server.inject({ method: 'GET', url, headers })

test('the page is the same process at /, never kept, and every one has a nonce of its own', async () => {
  const [one, other] = [await get('/'), await get('/')]
  expect([one.statusCode, one.headers['content-type'], one.headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache'])
  const nonce = /nonce="([^"]+)"/.exec(one.body)?.[1] ?? ''
  expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/)
  expect(one.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
  expect(other.body).not.toContain(nonce)
})

test('the policy allows no script but our own files, no frame around us, and nothing from elsewhere', async () => {
  const policy = String((await get('/')).headers['content-security-policy'])
  expect(policy).toMatch(/default-src 'none'; script-src 'self'; /)
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  expect(policy).toContain(`frame-ancestors 'none'`)
  expect((await get('/')).headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
  })
})

test('browsers are told to stay with TLS exactly where the public address has it', async () => {
  expect((await get('/', browser, secure)).headers['strict-transport-security']).toBe('max-age=31536000')
  expect((await get('/v3/roles', {}, secure)).headers['strict-transport-security']).toBe('max-age=31536000')
  expect((await get('/')).headers['strict-transport-security']).toBeUndefined()
})

test.each(['/approvals/0190a1', '/request-center', '/my-team/people?sort=name', '/approvals/'])(
  'the deep link %s is the page',
  async (url) => {
    expect((await get(url)).body).toContain('hello')
  },
)

test.each([
  '/v3/nothing',
  '/v2031/roles',
  '/beta',
  '/countersign/v1/nothing',
  '/countersign',
  '/roles/v1/nothing/at/all',
  '/anything/v2',
  '//v3/nothing',
  '/oauth/nothing',
  '/health/nothing',
  '/assets/gone-000000.js',
  '/gone.png',
])('a browser that asks for %s, which is no page, gets a 404 in JSON and nothing to keep', async (url) => {
  const answer = await get(url)
  expect([answer.statusCode, answer.json().detailCode, answer.headers['cache-control']]).toEqual([404, '404 Not found', 'no-store'])
})

test('who asks for no page gets none, and what writes reaches no page', async () => {
  expect((await get('/approvals/0190a1', { accept: 'application/json' })).statusCode).toBe(404)
  expect((await get('/approvals/0190a1', {})).statusCode).toBe(404)
  expect((await app.server.inject({ method: 'POST', url: '/approvals/0190a1', headers: browser })).statusCode).toBe(404)
})

test('assets are kept for a year, compressed as the browser can take them', async () => {
  const asset = '/assets/index-a1b2c3.js'
  const brotli = await get(asset, { 'accept-encoding': 'gzip, br' })
  expect(brotli.headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', 'content-encoding': 'br' })
  expect(brotli.headers['content-type']).toMatch(/javascript/)
  expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(script)
  expect((await get(asset, { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip')
  const plain = await get(asset, {})
  expect([plain.headers['content-encoding'], plain.body, plain.headers['vary']]).toEqual([undefined, script, 'accept-encoding'])
  expect((await get('/assets/plain-d4e5f6.css', { 'accept-encoding': 'br' })).body).toBe('body {}')
})

test('other files of the folder are served by name and asked for again; hidden ones and what lies outside are not', async () => {
  const icon = await get('/favicon.svg')
  expect([icon.statusCode, icon.headers['content-type'], icon.headers['cache-control']]).toEqual([200, 'image/svg+xml', 'no-cache'])
  for (const url of ['/.secret', '/assets/../.secret', '/assets/%2e%2e/index.html', '/assets/..%2findex.html', '/assets/', '/assets'])
    expect([url, (await get(url)).statusCode]).toEqual([url, 404])
})

test('a page that was built again is the one that is served', async () => {
  await writeFile(join(folder, 'index.html'), page('hello again'))
  await utimes(join(folder, 'index.html'), new Date(), new Date(Date.now() + 5_000))
  expect((await get('/')).body).toContain('hello again')
})

test('a build without the client says so in plain words', async () => {
  const answer = await get('/', browser, bare)
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8'])
  expect(answer.body).toContain('scripts/build.mjs')
  expect((await get('/assets/x.js', browser, bare)).statusCode).toBe(404)
})
