import { DomainError } from '../domain/errors.ts'

/**
 * Does something for each id, one after the other; returns how many it moved. What cannot be done now (a conflict, such as nobody there who
 * could be asked) is left for the next sweep. What fails holds up none of the others; it is thrown at the end.
 */
export async function eachInTurn(idsToDo: string[], doOne: (id: string) => Promise<boolean>): Promise<number> {
  const failures: unknown[] = []
  let moved = 0
  for (const id of idsToDo) {
    try {
      if (await doOne(id)) moved++
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'conflict') failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${idsToDo.length} could not be moved`)
  return moved
}
