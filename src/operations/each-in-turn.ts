import { DomainError } from '../domain/errors.ts'

/**
 * Does something for each id, one after the other; returns how many it moved. What cannot be done now (a conflict, such as nobody there who
 * could be asked) is left for the next sweep. What fails holds up none of the others; it is thrown at the end.
 */
export async function eachInTurn(idsToDo: string[], doOne: (id: string) => Promise<boolean>): Promise<number> {
  const done = await tryEach(idsToDo, doOne)
  throwFailures(done.failures)
  return done.moved
}

/** So many portions in one sweep; the next one goes on. */
const MAX_PORTIONS = 50

/**
 * The same for what comes in portions: `list` gives the next, without those that were passed over because they could not be done now. So what
 * cannot be done never keeps the rest waiting.
 */
export async function eachOfMany(
  list: (passedOver: string[]) => Promise<string[]>,
  doOne: (id: string) => Promise<boolean>,
): Promise<number> {
  const all: Tried = { moved: 0, passedOver: [], failures: [] }
  for (let portion = 0; portion < MAX_PORTIONS; portion++) {
    const ids = await list(all.passedOver)
    if (ids.length === 0) break
    const { moved, passedOver, failures } = await tryEach(ids, doOne)
    all.moved += moved
    all.passedOver.push(...passedOver)
    all.failures.push(...failures)
  }
  throwFailures(all.failures)
  return all.moved
}

interface Tried {
  moved: number
  /** Not to be done now: a conflict, a failure, or nothing to do. */
  passedOver: string[]
  failures: unknown[]
}

async function tryEach(ids: string[], doOne: (id: string) => Promise<boolean>): Promise<Tried> {
  const tried: Tried = { moved: 0, passedOver: [], failures: [] }
  for (const id of ids) {
    try {
      if (await doOne(id)) tried.moved++
      else tried.passedOver.push(id)
    } catch (error) {
      tried.passedOver.push(id)
      if (!(error instanceof DomainError) || error.code !== 'conflict') tried.failures.push(error)
    }
  }
  return tried
}

function throwFailures(failures: unknown[]): void {
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} could not be moved`)
}
