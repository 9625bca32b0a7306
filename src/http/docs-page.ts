import { createHash } from 'node:crypto'
import {
  type DocumentName,
  documentNames,
  type JsonSchema,
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiParameter,
} from '../api/openapi.ts'

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
nav a { display: inline-block; padding: .5rem .75rem .5rem 0; }
nav a[aria-current] { font-weight: 700; }
code, .type { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
details { border-top: 1px solid #8886; }
details details { margin-left: 1rem; }
summary { padding: .6rem 0; cursor: pointer; }
summary:focus-visible, a:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
.method { display: inline-block; min-width: 4.5em; font-weight: 700; }
.note { font-size: .9em; }
ul { padding-left: 1.25rem; }
`

/** What a Content-Security-Policy needs to allow the one style of the page. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`

/** A page to read one document: operations by tag, each to be unfolded down to the last field. There is no script on it. */
export function docsPage(document: OpenApiDocument, name: DocumentName): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = document.tags.map(({ name: tag }) => {
    const inTag = operations.filter(({ operation }) => operation.tags.includes(tag))
    return `<section><h2>${escapeHtml(tag)}</h2>${inTag.map((one) => operationHtml(one.method, one.path, one.operation)).join('')}</section>`
  })
  const links = documentNames.map((one) => `<a href="/countersign/v1/docs/${one}"${one === name ? ' aria-current="page"' : ''}>${one}</a>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign: ${escapeHtml(name)}</title><style>${style}</style></head><body>
<header><h1>Countersign: ${escapeHtml(name)}</h1><nav aria-label="Versions">${links.join(' ')}</nav>
<p>${operations.length} operations. The same as <a href="/countersign/v1/openapi/${name}.json">an OpenAPI 3.1 document</a>.</p></header>
<main>${sections.join('\n')}</main></body></html>
`
}

function operationHtml(method: string, path: string, operation: OpenApiOperation): string {
  const since = operation['x-countersign-deprecated-since']
  const scopes = operation.security.flatMap((one) => one['userAuth'] ?? [])
  const body = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<details><summary>Body <span class="type">${escapeHtml(type)}</span></summary>${schemaHtml(schema)}</details>`,
  )
  const answers = Object.entries(operation.responses).flatMap(([status, response]) => {
    if ('$ref' in response) return []
    const content = Object.values(response.content ?? {})[0]
    return [
      `<details><summary>Answer ${escapeHtml(status)}: ${escapeHtml(response.description)}</summary>${content ? schemaHtml(content.schema) : ''}</details>`,
    ]
  })
  return `<details id="${escapeHtml(operation.operationId)}"><summary><span class="method">${escapeHtml(method.toUpperCase())}</span>
<code>${escapeHtml(path)}</code>${operation.deprecated ? ' <strong>deprecated</strong>' : ''}<br>${escapeHtml(operation.summary)}</summary>
<p class="note"><code>${escapeHtml(operation.operationId)}</code>. Levels: ${escapeHtml(operation['x-countersign-levels'].join(', '))}.
Scopes: ${scopes.length === 0 ? 'any' : escapeHtml(scopes.join(' or '))}.${since ? ` Deprecated since ${escapeHtml(since)}.` : ''}</p>
${parametersHtml(operation)}${body.join('')}${answers.join('')}</details>
`
}

function parametersHtml(operation: OpenApiOperation): string {
  if (operation.parameters.length === 0) return ''
  const filters = Object.entries(operation['x-countersign-filters'] ?? {}).map(([field, operators]) => `${field} (${operators.join(' ')})`)
  const more: Record<string, string> = { filters: filters.join(', '), sorters: operation['x-countersign-sorters']?.join(', ') ?? '' }
  return `<details><summary>Parameters</summary><ul>${operation.parameters.map((one) => parameterHtml(one, more[one.name])).join('')}</ul></details>`
}

function parameterHtml(parameter: OpenApiParameter, more = ''): string {
  const text = [parameter.description ?? '', more].filter((part) => part !== '').join(' ')
  return `<li><code>${escapeHtml(parameter.name)}</code> ${typeHtml(parameter.schema, parameter.required)} in the ${parameter.in}. ${escapeHtml(text)}</li>`
}

function schemaHtml(schema: JsonSchema): string {
  const inner = innerOf(schema)
  if (!inner.properties) return inner.description ? `<p>${escapeHtml(inner.description)}</p>` : `<p>${typeHtml(schema, true)}</p>`
  const fields = Object.entries(inner.properties).map(([name, field]) => fieldHtml(name, field, inner.required?.includes(name) ?? false))
  return `${schema.type === 'array' ? '<p>A list of:</p>' : ''}<ul>${fields.join('')}</ul>`
}

function fieldHtml(name: string, field: JsonSchema, required: boolean): string {
  const head = `<code>${escapeHtml(name)}</code> ${typeHtml(field, required)} ${escapeHtml(field.description ?? '')}`
  return innerOf(field).properties ? `<li><details><summary>${head}</summary>${schemaHtml(field)}</details></li>` : `<li>${head}</li>`
}

/** The schema whose fields are worth showing: that of a list's elements, that beside null. */
function innerOf(schema: JsonSchema): JsonSchema {
  const choice = schema.anyOf?.find((one) => one.type !== 'null')
  if (choice) return innerOf(choice)
  return schema.items ? innerOf(schema.items) : schema
}

const limits = ['format', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'default'] as const

function typeHtml(schema: JsonSchema, required: boolean): string {
  const named = limits.flatMap((limit) => (schema[limit] === undefined ? [] : [`${limit} ${JSON.stringify(schema[limit])}`]))
  return `<span class="type">${escapeHtml([typeName(schema), required ? 'required' : '', ...named].filter((part) => part !== '').join(', '))}</span>`
}

function typeName(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeName).join(' or ')
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`
  return [schema.type ?? 'anything'].flat().join(' or ')
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}
