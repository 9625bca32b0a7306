import type { Population } from './fill.ts'

/** Every request is for another person and role. Each of those who ask has a share of the pairs of its own. */
export class Pairs {
  private readonly population: Population
  private round: number

  constructor(population: Population, share: 'callers' | 'alone' | 'recordings' | 'floor') {
    this.population = population
    const pairs = population.personIds.length * population.roleIds.length
    this.round = Math.floor(pairs * { callers: 0, alone: 0.5, recordings: 0.6, floor: 0.7 }[share])
  }

  next(): { round: number; personId: string; roleId: string } {
    const { personIds, roleIds } = this.population
    const round = this.round++
    const roleId = roleIds[Math.floor(round / personIds.length)]
    if (roleId === undefined) throw new Error('the bench has used up its people and roles: start it anew')
    return { round, personId: personIds[round % personIds.length] as string, roleId }
  }
}
