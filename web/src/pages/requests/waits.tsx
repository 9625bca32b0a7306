import { Icon, type IconName } from '../../parts/icon.tsx'
import { Time } from '../../parts/time.tsx'
import { type MessageId, type Say, useText } from '../../text/text.tsx'
import type { TimelineItem } from './request-page.tsx'

type Wait = TimelineItem['waitsFor'][number]

const icons: Record<Wait['kind'], IconName> = { APPROVAL: 'person', WORK_ITEM: 'tasks', TARGET: 'server', START_DATE: 'calendar' }

/** Whom or what an item waits for, since when, and what happens next by itself. */
export function Waits({ waits }: { waits: Wait[] }) {
  const t = useText()
  if (waits.length === 0) return null
  return (
    <section className="waits">
      <h3>{t('requests.waitsFor')}</h3>
      <ul className="stack stack-small">
        {waits.map((wait) => (
          <li key={`${wait.kind} ${wait.id ?? ''} ${wait.since}`} className="wait">
            <Icon name={icons[wait.kind]} />
            <div>
              <strong>{whatFor(wait, t)}</strong>{' '}
              <span className="muted">
                <Time at={wait.since} form="relative" />
              </span>
              {wait.problem ? <p className="field-error">{wait.problem}</p> : null}
              <p className="muted wait-next">
                <Next text="timeline.nextReminder" at={wait.remindAt} />
                <Next text="timeline.nextEscalation" at={wait.escalateAt} />
                <Next text="timeline.nextExpiry" at={wait.expiresAt} />
                <Next text="timeline.nextTry" at={wait.nextTry} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Next({ text, at }: { text: MessageId; at: string | null }) {
  const t = useText()
  if (at === null) return null
  return (
    <span>
      {t(text)} <Time at={at} form="relative" />
    </span>
  )
}

function whatFor({ kind, scheme, people, group, source }: Wait, t: Say): string {
  if (kind === 'START_DATE') return t('timeline.waitsStart')
  if (kind === 'TARGET') return t('timeline.waitsTarget', { source: source?.name })
  const names = people.map(({ name }) => name).join(', ')
  if (kind === 'WORK_ITEM') return t('timeline.waitsTask', { names, source: source?.name })
  if (group) return t('timeline.waitsGroup', { group: group.name, names })
  return scheme ? `${names} (${t(`scheme.${scheme}`)})` : names
}
