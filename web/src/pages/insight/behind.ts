import type { Whose } from './span.ts'

/** What the address asks for: which rows, and of what span. */
export interface Behind {
  of?: string
  whose?: string
  from?: string
  to?: string
  moment?: string
  item?: string
  approver?: string
  source?: string
  states?: string
  older?: string
  younger?: string
}

/** Whose rows: everybody's unless the address says the team's. */
export function whoseOf({ whose }: Behind): Whose {
  return whose === 'team' ? 'team' : 'all'
}

/** Whose rows, and of which span, as the operations ask for it. */
export function spanQuery(behind: Behind) {
  const { from, to } = behind
  return { for: whoseOf(behind), ...(from ? { from } : {}), ...(to ? { to } : {}) }
}
