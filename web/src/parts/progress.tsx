import { Label, ProgressBar } from 'react-aria-components'

/** How far something is that takes a while. */
export function Progress({ label, value, most }: { label: string; value: number; most: number }) {
  return (
    <ProgressBar className="progress" value={value} maxValue={most}>
      {({ percentage = 0 }) => (
        <>
          <div className="row row-between">
            <Label>{label}</Label>
            <span>
              {value} / {most}
            </span>
          </div>
          <div className="progress-track">
            <div className="progress-fill" style={{ width: `${percentage}%` }} />
          </div>
        </>
      )}
    </ProgressBar>
  )
}
