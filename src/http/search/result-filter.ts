/** Which parts of the documents a caller wants: paths like `actor.name` or `attributes.*`; a path means all below it. */
export interface ResultFilter {
  includes?: string[] | undefined
  excludes?: string[] | undefined
  /** False leaves out the lists of elements. */
  includeNested: boolean
}

/** Takes a document; returns what of it is wanted. */
export function filtered(document: object, lists: readonly string[], filter: ResultFilter): object {
  const excluded = [...(filter.excludes ?? []), ...(filter.includeNested ? [] : lists)].map(pathPattern)
  const included = (filter.includes ?? []).map(pathPattern)
  if (included.length === 0 && excluded.length === 0) return document
  const wanted: Wanted = (path) =>
    !excluded.some((one) => one.test(path)) && (included.length === 0 || included.some((one) => one.test(path)))
  return (part(document, '', wanted) as object | undefined) ?? {}
}

type Wanted = (path: string) => boolean

function part(value: unknown, path: string, wanted: Wanted): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((one) => part(one, path, wanted)).filter((one) => one !== undefined)
    return parts.length > 0 || wanted(path) ? parts : undefined
  }
  if (typeof value !== 'object' || value === null) return wanted(path) ? value : undefined
  const fields = Object.entries(value).flatMap(([name, inner]) => {
    const kept = part(inner, path === '' ? name : `${path}.${name}`, wanted)
    return kept === undefined ? [] : [[name, kept]]
  })
  return fields.length > 0 || (path !== '' && wanted(path)) ? Object.fromEntries(fields) : undefined
}

function pathPattern(path: string): RegExp {
  const parts = path.split('*').map((one) => one.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}(\\..*)?$`, 's')
}
