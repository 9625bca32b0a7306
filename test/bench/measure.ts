/** Numbers, and how they are told. */

export interface Spread {
  p50: number
  p99: number
}

/** Takes durations in milliseconds; returns the middle one and the one that 99 of 100 stay below. */
export function spreadOf(durations: number[]): Spread {
  const sorted = [...durations].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

/** So many runs do not count: what they find cold, the next find warm. */
export const WARM = 5

/** How long each of `times` runs takes, one after the other, in milliseconds; the first few do not count. */
export async function timed(times: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const durations: number[] = []
  for (let round = 0; round < times + WARM; round++) {
    const begun = performance.now()
    await work(round)
    if (round >= WARM) durations.push(performance.now() - begun)
  }
  return durations
}

/** How much was done, and how many a second. */
export interface Done {
  count: number
  answer: number
}

/** How many a second, when each of these callers does it over and over for so many seconds. */
export async function perSecond<C>(seconds: number, callers: C[], work: (caller: C) => Promise<unknown>): Promise<Done> {
  const begun = performance.now()
  const end = begun + seconds * 1000
  let done = 0
  await Promise.all(
    callers.map(async (caller) => {
      while (performance.now() < end) {
        await work(caller)
        done++
      }
    }),
  )
  return { count: done, answer: (done * 1000) / (performance.now() - begun) }
}

/** How many a second, when callers share a list of things to be done once each. */
export async function eachOf<T, C>(list: T[], callers: C[], work: (caller: C, one: T) => Promise<unknown>): Promise<Done> {
  let at = 0
  const begun = performance.now()
  await Promise.all(
    callers.map(async (caller) => {
      while (at < list.length) await work(caller, list[at++] as T)
    }),
  )
  return { count: list.length, answer: (list.length * 1000) / (performance.now() - begun) }
}

export function ms(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** A table as Markdown has it. */
export function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
