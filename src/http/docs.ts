import type { FastifyInstance, FastifyReply } from 'fastify'
import { type DocumentName, documentNames, openApiDocument } from '../api/openapi.ts'
import { docsPage, styleHash } from './docs-page.ts'

/** The contract as OpenAPI documents and as pages to read; no token is needed, since both say only what the sources say. */
export function docsRoutes(server: FastifyInstance): void {
  for (const name of documentNames) {
    server.get(`/countersign/v1/openapi/${name}.json`, (_request, reply) => {
      return reply.header('Content-Type', 'application/json; charset=utf-8').send(textOf(name, () => JSON.stringify(openApiDocument(name))))
    })
    server.get(`/countersign/v1/docs/${name}`, (_request, reply) => page(reply, name))
  }
  server.get('/countersign/v1/docs', (_request, reply) => page(reply, 'v2026'))
}

function page(reply: FastifyReply, name: DocumentName): FastifyReply {
  // Nothing on the page runs, and nothing is loaded but the style it brings, which is allowed by its hash.
  reply.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  return reply.header('Content-Type', 'text/html; charset=utf-8').send(textOf(`${name} page`, () => docsPage(openApiDocument(name), name)))
}

const texts = new Map<string, string>()

/** Made when it is first asked for, then kept: the table does not change while the server runs. */
function textOf(key: string, make: () => string): string {
  const text = texts.get(key) ?? make()
  texts.set(key, text)
  return text
}
