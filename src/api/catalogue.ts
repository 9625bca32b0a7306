import type { Operation } from './operation.ts'

/** What can be asked for and who can ask: identities, items, sources, accounts. */
export const catalogueOperations = {} as const satisfies Record<string, Operation>
