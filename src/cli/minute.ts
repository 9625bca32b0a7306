/** A moment as commands print it, such as 2026-01-31 08:15 UTC. */
export function minuteOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
