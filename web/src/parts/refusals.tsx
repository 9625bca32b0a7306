import { CallError } from '../api/call.ts'
import { useText } from '../text/text.tsx'

export interface Refusal {
  id: string
  /** What was refused, by name. */
  name: string
  error: unknown
}

/** Which of many could not be done, and why. */
export function Refusals({ title, refusals }: { title: string; refusals: readonly Refusal[] }) {
  const t = useText()
  return (
    <div className="stack stack-small" role="alert">
      <p>{title}</p>
      <ul className="bullets">
        {refusals.map(({ id, name, error }) => (
          <li key={id}>
            <strong>{name}</strong>: {error instanceof CallError && error.message ? error.message : t('part.problem.title')}
            {error instanceof CallError && error.trackingId ? <code className="problem-id"> {error.trackingId}</code> : null}
          </li>
        ))}
      </ul>
    </div>
  )
}
