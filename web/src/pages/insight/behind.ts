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

/** Whose rows, and of which span, as the operations ask for it. */
export function spanQuery({ whose, from, to }: Behind) {
  return { for: whose === 'team' ? ('team' as const) : ('all' as const), ...(from ? { from } : {}), ...(to ? { to } : {}) }
}
