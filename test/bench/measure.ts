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

/** How long each of `times` runs takes, one after the other, in milliseconds; the first few do not count. */
export async function timed(times: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const warm = Math.min(5, times)
  const durations: number[] = []
  for (let round = 0; round < times + warm; round++) {
    const begun = performance.now()
    await work(round)
    if (round >= warm) durations.push(performance.now() - begun)
  }
  return durations
}

/** How much was done, and how many a second. */
export interface Done {
  count: number
  answer: number
}

/** How many a second, when `callers` do it over and over for so many seconds. */
export async function perSecond(seconds: number, callers: number, work: () => Promise<unknown>): Promise<Done> {
  const begun = performance.now()
  const end = begun + seconds * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < end) {
        await work()
        done++
      }
    }),
  )
  return { count: done, answer: (done * 1000) / (performance.now() - begun) }
}

/** How many a second, when `callers` share a list of things to be done once each. */
export async function eachOf<T>(list: T[], callers: number, work: (one: T) => Promise<unknown>): Promise<Done> {
  const left = [...list]
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next)
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
