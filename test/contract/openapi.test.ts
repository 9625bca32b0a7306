import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentNames, type OpenApiDocument, openApiDocument, operationIdIn, operationsIn } from '../../src/api/openapi.ts'
import { urlOf } from '../../src/api/operation.ts'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp({ organisation: null })
})
afterAll(() => app.close())

const get = (url: string) => app.server.inject({ method: 'GET', url })

async function documentOf(name: string): Promise<OpenApiDocument> {
  const response = await get(`/countersign/v1/openapi/${name}.json`)
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  return response.json()
}

function operationsOf(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

test.each(documentNames)('the document of %s holds exactly the rows of the table, and needs no token', async (name) => {
  const document = await documentOf(name)
  const rows = operationsIn(name).map(([id, row]) => {
    const dialect = name === 'countersign' ? (row.dialects[0] ?? 'v1') : name
    return `${row.method} ${urlOf(row, dialect).replace(/:(\w+)/g, '{$1}')} ${operationIdIn(dialect, id, row)}`
  })
  const told = operationsOf(document).map(({ method, path, operation }) => `${method} ${path} ${operation.operationId}`)
  expect(told.sort()).toEqual(rows.sort())
  expect(document).toMatchObject({ openapi: '3.1.0', info: { version: name } })
})

test.each(documentNames)('what the document of %s tells is served: no operation answers that it does not exist', async (name) => {
  for (const { method, path, operation } of operationsOf(await documentOf(name))) {
    const response = await app.server.inject({ method: method as 'GET', url: path.replace(/\{\w+\}/g, 'x') })
    const open = operation['x-countersign-levels'].includes('ANYBODY')
    if (open) expect(response.body, path).not.toMatch(/There is no operation|JWT/)
    else expect([path, response.statusCode]).toEqual([path, 401])
  }
})

test.each(documentNames)('in the document of %s every reference leads somewhere and every name is unique', async (name) => {
  const document = await documentOf(name)
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => (match[1] ?? '').split('/'))
  const find = (path: string[]) => path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document)
  expect(references.filter((path) => find(path) === undefined)).toEqual([])
  const ids = operationsOf(document).map(({ operation }) => operation.operationId)
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  for (const { path, operation } of operationsOf(document)) {
    const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(operation.parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(placeholders)
    const names = operation.parameters.map((one) => `${one.in} ${one.name}`)
    expect(new Set(names).size).toBe(names.length)
    const scopes = Object.keys((document.components.securitySchemes as SecuritySchemes).userAuth.flows.clientCredentials.scopes)
    for (const scope of operation.security.flatMap((one) => one['userAuth'] ?? [])) expect(scopes).toContain(scope)
  }
})

interface SecuritySchemes {
  userAuth: { flows: { clientCredentials: { scopes: Record<string, string> } } }
}

test.each(documentNames)('the page of %s shows every operation and runs nothing', async (name) => {
  const response = await get(`/countersign/v1/docs/${name}`)
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  const html = response.body
  for (const [id, row] of operationsIn(name)) {
    const dialect = name === 'countersign' ? (row.dialects[0] ?? 'v1') : name
    expect(html).toContain(`id="${operationIdIn(dialect, id, row)}"`)
  }
  expect(html).not.toMatch(/<script|<link|<iframe|<img|javascript:|\son\w+=|\sstyle=|https?:\/\//i)
})

test('the page is allowed its one style by the hash of it, and nothing else', async () => {
  const response = await get('/countersign/v1/docs')
  const styles = [...response.body.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1] ?? '')
  expect(styles).toHaveLength(1)
  const hash = createHash('sha256').update(styles.join('')).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  expect(response.headers['content-security-policy']).toBe(policy)
})

test('a document or page that does not exist is a 404 like any other', async () => {
  for (const url of ['/countersign/v1/openapi/v2027.json', '/countersign/v1/docs/v2027', '/countersign/v1/openapi/..%2Fv3.json']) {
    const response = await get(url)
    expect([response.statusCode, response.json().detailCode]).toEqual([404, '404 Not found'])
  }
})

test('what differs between versions differs between their documents', () => {
  const closes = documentNames.filter((name) => Object.keys(openApiDocument(name).paths).some((path) => path.endsWith('/close')))
  expect(closes).toEqual(['beta', 'v2024', 'v2025', 'v2026', 'v1'])
  const configured = openApiDocument('v1').paths
  expect(Object.keys(configured['/access-request-config/v1'] ?? {})).toEqual(['get', 'put'])
  expect(configured['/access-request-config/v1']?.['get']).toMatchObject({ deprecated: true, operationId: 'getAccessRequestConfigV1' })
  expect(configured['/access-request-config/v2']?.['get']).not.toHaveProperty('deprecated')
})
