import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Rows } from '../api/rows.ts'

/** A list of which as much is there as somebody has reached. */
export interface Growing<Row> {
  /** How many there are in all; undefined until it is known. */
  total: number | undefined
  there: Row[]
  isComing: boolean
  hasMore: boolean
  /** So many are wanted at least. */
  reach(count: number): void
  /** As many more as there is room for at once. */
  goOn(): void
}

/** Begins with as many rows as `fits`, and grows from there. What was there stays until the rows of another order are. */
export function useGrowing<Row>({ count, at, look }: Pick<Rows<Row>, 'count' | 'at' | 'look'>, fits: number): Growing<Row> {
  const [wanted, setWanted] = useState(fits)
  useEffect(() => look(0, wanted - 1), [look, wanted])
  const reach = useCallback((least: number) => setWanted((now) => Math.max(now, least)), [])
  const all = Array.from({ length: Math.min(count ?? 0, wanted) }, (_, index) => at(index))
  const there = all.filter((row) => row !== undefined)
  const kept = useRef({ total: count, there })
  if (there.length > 0 || count === 0) kept.current = { total: count, there }
  return {
    ...kept.current,
    isComing: count === undefined || there.length < all.length,
    hasMore: (count ?? 0) > all.length,
    reach,
    goOn: () => reach(all.length + fits),
  }
}

interface GrowingListProps<Row> {
  /** What the list shows, for who cannot see it; not where what is around it says so. */
  label?: string
  growing: Growing<Row>
  keyOf(row: Row): string
  children: (row: Row) => ReactNode
  className?: string
}

/** A list in a frame of its own, which asks for more when somebody scrolls to its end. */
export function GrowingList<Row>({ label, growing, keyOf, children, className }: GrowingListProps<Row>) {
  const { there, isComing, hasMore, goOn } = growing
  const end = useInSight(goOn, there.length)
  return (
    <ul aria-label={label} className={className} aria-busy={isComing}>
      {there.map((row) => (
        <li key={keyOf(row)}>{children(row)}</li>
      ))}
      {hasMore ? <li ref={end} className="growing-end" aria-hidden="true" /> : null}
    </ul>
  )
}

/** Calls when the element comes into sight; with every new length it is another place. */
function useInSight(reach: () => void, length: number) {
  const end = useRef<HTMLLIElement>(null)
  const latest = useRef(reach)
  latest.current = reach
  useEffect(() => {
    if (end.current === null || length === 0) return
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current()
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [length])
  return end
}

/** How many rows of a height there is room for on this screen, with one that is only partly seen. */
export function fitting(rowPixels: number): number {
  return Math.ceil(window.innerHeight / rowPixels) + 1
}
