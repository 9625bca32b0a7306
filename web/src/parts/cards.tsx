import type { ReactNode } from 'react'
import type { Rows } from '../api/rows.ts'
import { Problem } from './states.tsx'
import { narrowScreen, useMatches, useVisibleRows } from './visible-rows.ts'

interface CardsProps<Row> {
  label: string
  rows: Rows<Row>
  keyOf(row: Row): string
  card(row: Row): ReactNode
  /** In pixels, on wide and on narrow screens: all have the same, so that their places are known before they are. */
  heights: { wide: number; narrow: number }
  empty: ReactNode
}

/** A list of any length, of which only the cards on the screen exist. */
export function Cards<Row extends object>(props: CardsProps<Row>) {
  const { rows, empty, label } = props
  if (rows.error && rows.count === undefined) return <Problem error={rows.error} onRetry={rows.refetch} />
  if (rows.count === 0) return <>{empty}</>
  return <FilledCards key={label} {...props} />
}

function FilledCards<Row extends object>({ label, rows, keyOf, card, heights }: CardsProps<Row>) {
  const height = useMatches(narrowScreen) ? heights.narrow : heights.wide
  const { body, items, totalSize, margin } = useVisibleRows<HTMLUListElement>(rows.count, 6, height, rows.look)
  return (
    <ul ref={body} className="cards" aria-label={label} aria-busy={rows.count === undefined} style={{ height: totalSize }}>
      {items.map(({ index, start }) => {
        const row = rows.at(index)
        return (
          <li
            key={row ? keyOf(row) : index}
            aria-setsize={rows.count ?? -1}
            aria-posinset={index + 1}
            style={{ height, transform: `translateY(${start - margin}px)` }}
          >
            {row ? (
              card(row)
            ) : (
              <span className="card card-coming">
                <span className="skeleton" />
                <span className="skeleton" />
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
