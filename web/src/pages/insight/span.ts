export const spans = ['30', '90', '365'] as const
export type Whose = 'all' | 'team'

/** What the plots are about: from when to when, whose, and how finely. */
export interface Span {
  from: string
  to: string
  for: Whose
  interval: 'day' | 'week' | 'month'
  zone: string
}

const dayMs = 86_400_000
const hourMs = 3_600_000
const intervals = { '30': 'day', '90': 'week', '365': 'month' } as const

/** The last so many days of business time. It moves on by the hour, so that the same question is not asked all the time. */
export function spanOf(now: number, days: (typeof spans)[number], whose: Whose): Span {
  const end = Math.ceil(now / hourMs) * hourMs
  return {
    from: new Date(end - Number(days) * dayMs).toISOString(),
    to: new Date(end).toISOString(),
    for: whose,
    interval: intervals[days],
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}

/** The day a bucket begins, as short as it can be told apart from the others. */
export function bucketName(from: string, interval: Span['interval'], locale: string): string {
  const form = interval === 'month' ? ({ month: 'short', year: '2-digit' } as const) : ({ day: 'numeric', month: 'short' } as const)
  return new Intl.DateTimeFormat(locale, form).format(new Date(from))
}
