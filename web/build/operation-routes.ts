import type { Plugin } from 'vite'
import { type Operation, urlOf } from '../../src/api/operation.ts'
import { operations } from '../../src/api/operations.ts'

const name = 'virtual:operations'

/** The dialect the client speaks, where an operation speaks several. */
const spoken = ['v2025', 'v2026', 'v1'] as const

/** Gives the client method and path of every operation, taken from the table itself, without the schemas that the browser has no use for. */
export function operationRoutes(): Plugin {
  return {
    name: 'countersign:operation-routes',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? `export default ${JSON.stringify(routes())}` : undefined),
  }
}

type Route = [method: string, path: string, patch?: 1]

function routes(): Record<string, Route> {
  const found: Record<string, Route> = {}
  for (const [id, row] of Object.entries(operations as Record<string, Operation>)) {
    const dialect = spoken.find((one) => row.dialects.includes(one))
    if (dialect !== undefined) found[id] = row.patch ? [row.method, urlOf(row, dialect), 1] : [row.method, urlOf(row, dialect)]
  }
  return found
}
