import type { Answer } from '../api/types.ts'
import { type Say, useText } from '../text/text.tsx'
import { Icon } from './icon.tsx'
import { tell } from './telling.ts'

export type PreviewItem = Answer<'previewAccessRequest'>['items'][number]
type Step = PreviewItem['steps'][number]

/** Who will be asked, in which order, and why. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  const t = useText()
  if (steps.length === 0) {
    return (
      <p className="steps-none">
        <Icon name="check" size={16} /> {t('steps.none')}
      </p>
    )
  }
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li
          key={`${step.stepNumber} ${step.scheme} ${step.group?.id ?? step.people[0]?.id ?? ''}`}
          className={`step step-${step.turn.toLowerCase()}`}
        >
          <span className="step-scheme">{t(`scheme.${step.scheme}`)}</span>
          <strong>{whoOf(step, t)}</strong>
          {step.explanation.length === 0 ? null : (
            <ul className="step-why">
              {step.explanation.map((reason) => (
                <li key={`${reason.rule} ${reason.text}`}>{tell(t, reason)}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  )
}

function whoOf({ group, people, turn, needed }: Step, t: Say): string {
  if (turn === 'PASSED') return t('steps.passed')
  if (group) return t('steps.group', { group: group.name, count: people.length })
  const names = people.map(({ name }) => name)
  if (names.length === 0) return t('steps.later')
  return names.length > 1 && needed < names.length ? t('steps.anyOf', { needed, names: names.join(', ') }) : names.join(', ')
}
