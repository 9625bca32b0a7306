/** Rows of a list from a place on, up to but without another. */
export interface Range {
  from: number
  to: number
}

interface Sizes {
  /** A gap beside what is known grows to so many rows where nothing is in its way: a step of one row shall not be a call. */
  least: number
  /** No call asks for more. */
  most: number
  /** Nothing is asked for from this place on. */
  reach?: number | undefined
}

/** What must be asked for so that every wanted row is there: no row that is known, and little that is not wanted. */
export function gapsIn(known: readonly Range[], wanted: Range, { least, most, reach = Number.POSITIVE_INFINITY }: Sizes): Range[] {
  const gaps: Range[] = []
  const end = Math.min(wanted.to, reach)
  for (let at = wanted.from; at < end; ) {
    const covering = known.find(({ from, to }) => from <= at && at < to)
    if (covering) {
      at = covering.to
      continue
    }
    const exactly = { from: at, to: Math.min(end, nextKnown(known, at)) }
    // The first look at a list asks for what is looked at.
    const gap = known.length === 0 ? exactly : grown(known, exactly, least, reach)
    gaps.push(...inPieces(gap, most))
    at = gap.to
  }
  return gaps
}

/** Onwards where it can, backwards where it meets what is known: then somebody scrolls up. */
function grown(known: readonly Range[], { from, to }: Range, least: number, reach: number): Range {
  const wider = Math.max(to, Math.min(from + least, nextKnown(known, from), reach))
  const before = known.reduce((latest, range) => (range.to <= from ? Math.max(latest, range.to) : latest), 0)
  return { from: Math.max(before, Math.min(from, wider - least)), to: wider }
}

function nextKnown(known: readonly Range[], at: number): number {
  return known.reduce((next, { from }) => (from > at ? Math.min(next, from) : next), Number.POSITIVE_INFINITY)
}

function inPieces({ from, to }: Range, most: number): Range[] {
  return Array.from({ length: Math.ceil((to - from) / most) }, (_, at) => ({
    from: from + at * most,
    to: Math.min(to, from + (at + 1) * most),
  }))
}

/** True when two have a row in common. */
export function meet(one: Range, other: Range): boolean {
  return one.from < other.to && other.from < one.to
}
