import { Badge, type Tone } from '../../parts/badges.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import type { TimelineItem } from './request-page.tsx'

type Step = TimelineItem['steps'][number]

const tones: Record<Step['state'], Tone> = {
  INTENDED: 'busy',
  SENT: 'busy',
  BY_HAND: 'busy',
  DONE: 'good',
  FAILED: 'bad',
  DROPPED: 'neutral',
}

/** What was changed at which target, and whether a read has shown it. */
export function ProvisioningSteps({ steps }: { steps: Step[] }) {
  const t = useText()
  if (steps.length === 0) return null
  return (
    <section className="stack stack-small">
      <h3>{t('timeline.steps')}</h3>
      <ul className="targets">
        {steps.map((step) => (
          <li key={step.id} className="target">
            <Icon name={step.operation === 'ADD' ? 'plus' : 'minus'} size={16} />
            <div className="list-main">
              <strong>{step.entitlement.name}</strong>{' '}
              <span className="muted">
                {t(step.operation === 'ADD' ? 'timeline.added' : 'timeline.removed', { source: step.source.name })}{' '}
                <code>{step.account}</code>
              </span>
              {step.problem ? <p className="field-error">{step.problem}</p> : null}
              {step.attempts > 1 ? <p className="muted">{t('timeline.attempts', { count: step.attempts })}</p> : null}
            </div>
            <div className="target-state">
              {step.state === 'DONE' ? (
                <span className="muted">{step.verified ? t('timeline.verified') : t('timeline.byWord')}</span>
              ) : null}
              <Badge tone={tones[step.state]}>{t(`timeline.step.${step.state}`)}</Badge>
              <span className="muted">
                <Time at={step.modifiedAt} form="relative" />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
