/** The six ways the same contract is spoken. `v1` numbers each resource instead of the whole: /access-requests/v1. */
export const dialects = ['beta', 'v3', 'v2024', 'v2025', 'v2026', 'v1'] as const
export type Dialect = (typeof dialects)[number]

/** Everything since v2024; what came with it never reached beta or v3. */
export const since2024: readonly Dialect[] = ['v2024', 'v2025', 'v2026', 'v1']
export const exceptV3: readonly Dialect[] = ['beta', ...since2024]
export const exceptBeta: readonly Dialect[] = ['v3', ...since2024]

/** Where an operation's path stands in a dialect: `/v2024/access-requests/cancel`, `/access-requests/v1/cancel`. */
export function pathIn(dialect: Dialect, path: string, resourceVersion = 1): string {
  if (dialect !== 'v1') return `/${dialect}${path}`
  const [, resource, ...rest] = path.split('/')
  return ['', resource, `v${resourceVersion}`, ...rest].join('/')
}
