import type { Say } from '../../text/text.tsx'

/** Hours as people say them. */
export function lasting(hours: number, t: Say): string {
  if (hours >= 48) return t('insight.days', { days: Math.round(hours / 2.4) / 10 })
  return t('insight.hours', { hours: Math.round(hours * 10) / 10 })
}
