import { TargetError } from '../../ports.ts'

/** How long the parts of one call may take: none longer than its limit, and all together no longer than there is. */
export interface TimeBudget {
  /** Runs a part with its limit in milliseconds. Refuses (TargetError) to begin it when no time is left. */
  run<T>(what: string, part: (limitMs: number) => Promise<T>): Promise<T>
}

const PARTS_OF_A_CALL = 6
/** Half an hour of waiting with the usual limit. */
const PARTS_OF_A_LIST = 180

/** The budget of one call: it ends within six times the limit of a part, whatever it waits for. */
export function callBudget(timeoutMs: number): TimeBudget {
  const endsAt = performance.now() + timeoutMs * PARTS_OF_A_CALL
  return { run: (what, part) => part(limitOf(what, timeoutMs, endsAt - performance.now())) }
}

/** The budget of a list pays only for waiting: the time that whoever reads the list takes between pages is theirs. */
export function listBudget(timeoutMs: number): TimeBudget {
  let leftMs = timeoutMs * PARTS_OF_A_LIST
  return {
    async run(what, part) {
      const begunAt = performance.now()
      try {
        return await part(limitOf(what, timeoutMs, leftMs))
      } finally {
        leftMs -= performance.now() - begunAt
      }
    },
  }
}

function limitOf(what: string, timeoutMs: number, leftMs: number): number {
  const limitMs = Math.min(timeoutMs, Math.floor(leftMs))
  if (limitMs <= 0) throw new TargetError('unreachable', `${what} was not sent: the target was too slow before`)
  return limitMs
}

/** Waits for work no longer than its limit; then gives it up, so that nothing of it stays behind, and throws TargetError. */
export async function inTime<T>(what: string, limitMs: number, giveUp: () => void, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TargetError('unreachable', `${what}: no answer within ${limitMs} ms`))
      giveUp()
    }, limitMs)
  })
  try {
    return await Promise.race([late, work()])
  } finally {
    clearTimeout(timer)
  }
}
