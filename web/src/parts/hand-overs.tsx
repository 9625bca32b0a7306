import type { RowOf } from '../api/types.ts'
import { Time } from './time.tsx'

type HandOver = (RowOf<'listPendingApprovals'> | RowOf<'listWorkItems'>)['forwardHistory'][number]

interface HandOversProps<Move> {
  title: string
  moves: readonly Move[]
  /** Who handed it to whom, in a sentence. */
  sentenceOf(move: Move): string
}

/** Through whose hands an approval or a task went before. */
export function HandOvers<Move extends HandOver>({ title, moves, sentenceOf }: HandOversProps<Move>) {
  if (moves.length === 0) return null
  return (
    <section className="stack stack-small">
      <h3>{title}</h3>
      <ul className="bullets">
        {moves.map((move) => (
          <li key={`${move.modified} ${move.newApproverName}`}>
            {sentenceOf(move)}{' '}
            <span className="muted">
              <Time at={move.modified} form="relative" />
            </span>
            {move.comment ? <blockquote className="quote">{move.comment}</blockquote> : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
