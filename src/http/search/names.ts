import { FilterError } from '../../api/filter.ts'
import type { SearchQuery } from '../../domain/search.ts'
import { fieldAt, type SearchIndex, type SearchPlace } from './fields.ts'

/** Refuses (FilterError) a query with a field or a list that none of the indices has, and says what they have. */
export function refuseUnknownNames(query: SearchQuery, indices: readonly SearchIndex[]): void {
  check(query, indices)
}

function check(query: SearchQuery, places: readonly SearchPlace[]): void {
  switch (query.node) {
    case 'all':
      return
    case 'bool':
      for (const part of [...query.must, ...query.should, ...query.mustNot]) check(part, places)
      return
    case 'nested': {
      const lists = places.flatMap((place) => place.lists?.[query.list] ?? [])
      const known = places.flatMap((place) => Object.keys(place.lists ?? {}))
      if (lists.length === 0)
        throw unknown(
          `There is no list "@${query.list}"`,
          query.position,
          known.map((name) => `@${name}`),
        )
      check(query.part, lists)
      return
    }
    default:
      if (query.field !== undefined) checkField(query.field, query.fieldPosition ?? query.position, places)
  }
}

function checkField(name: string, position: number, places: readonly SearchPlace[]): void {
  const whole = name.replace(/\.exact$/, '')
  if (places.some((place) => fieldAt(place, whole) || isGroup(place, whole))) return
  const list = places.flatMap((place) => Object.keys(place.lists ?? {})).find((one) => name.startsWith(`${one}.`))
  if (list) {
    throw new FilterError(
      `query: the elements of "${list}" are asked about as @${list}(${name.slice(list.length + 1)}:…) (position ${position})`,
    )
  }
  throw unknown(`There is no field ${JSON.stringify(name)}`, position, places.flatMap(shownFields))
}

/** `actor`, for `_exists_:actor`. */
function isGroup({ fields, lists }: SearchPlace, name: string): boolean {
  return (lists !== undefined && Object.hasOwn(lists, name)) || Object.keys(fields).some((field) => field.startsWith(`${name}.`))
}

function shownFields({ fields, open }: SearchPlace): string[] {
  return [...Object.entries(fields).flatMap(([name, field]) => (field.is === 'absent' ? [] : [name])), ...(open ? [`${open.prefix}*`] : [])]
}

function unknown(what: string, position: number, known: readonly string[]): FilterError {
  return new FilterError(`query: ${what} (position ${position}); there are: ${[...new Set(known)].sort().join(', ') || 'none'}`)
}
