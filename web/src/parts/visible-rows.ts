import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'

interface VisibleRows<Body extends HTMLElement> {
  /** The element that holds the rows. */
  body: RefObject<Body | null>
  items: VirtualItem[]
  totalSize: number
  /** How far the first row is from the top of the page; `start` of an item counts from there, too. */
  margin: number
}

/** Which of many rows of one height are on the screen, and where each lies. */
export function useVisibleRows<Body extends HTMLElement>(
  count: number,
  height: number,
  look: (first: number, last: number) => void,
): VisibleRows<Body> {
  const body = useRef<Body>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top
    if (top !== undefined) setMargin(Math.round(top + window.scrollY))
  }, [])
  const virtualizer = useWindowVirtualizer({ count, estimateSize: () => height, overscan: 3, scrollMargin: margin })
  // Rows that are higher, as on a narrow screen, lie elsewhere.
  useEffect(() => {
    if (height > 0) virtualizer.measure()
  }, [virtualizer, height])
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => look(first, last), [look, first, last])
  return { body, items, totalSize: virtualizer.getTotalSize(), margin }
}

/** True while the screen is as the media query says. */
export function useMatches(media: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(media).matches)
  useEffect(() => {
    const list = window.matchMedia(media)
    const told = () => setMatches(list.matches)
    list.addEventListener('change', told)
    return () => list.removeEventListener('change', told)
  }, [media])
  return matches
}

/** Where rows are told in two lines. */
export const narrowScreen = '(max-width: 719px)'
