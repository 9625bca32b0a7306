import { Icon, type IconName } from '../../parts/icon.tsx'
import { Time } from '../../parts/time.tsx'
import { type MessageId, type Say, useText } from '../../text/text.tsx'
import type { TimelineItem } from './request-page.tsx'

type Event = TimelineItem['events'][number]

type Tone = 'plain' | 'good' | 'bad' | 'warn'

const shown: Record<Event['what'], [icon: IconName, tone: Tone]> = {
  SUBMITTED: ['plus', 'plain'],
  CHECKED: ['shield', 'plain'],
  ASKED: ['person', 'plain'],
  AGREED: ['check', 'good'],
  REFUSED: ['close', 'bad'],
  DROPPED: ['minus', 'plain'],
  REMINDED: ['bell', 'plain'],
  FORWARDED: ['forward', 'plain'],
  ESCALATED: ['up', 'warn'],
  REASSIGNED: ['forward', 'plain'],
  EXPIRED: ['clock', 'bad'],
  APPROVED: ['check', 'good'],
  REJECTED: ['close', 'bad'],
  STARTED: ['calendar', 'plain'],
  TASK_GIVEN: ['tasks', 'plain'],
  TASK_DONE: ['check', 'good'],
  TASK_REFUSED: ['close', 'bad'],
  TASK_FORWARDED: ['forward', 'plain'],
  TASK_DROPPED: ['minus', 'plain'],
  PROCESSED: ['server', 'plain'],
  RETRIED: ['undo', 'warn'],
  CANCELLED: ['close', 'plain'],
  CLOSED: ['close', 'plain'],
  END_REACHED: ['calendar', 'plain'],
  OTHER: ['info', 'plain'],
}

const outcomes: Partial<Record<string, MessageId>> = {
  FAILED: 'timeline.PROCESSED.failed',
  ERROR: 'timeline.PROCESSED.failed',
  PARTLY_PROVISIONED: 'timeline.PROCESSED.partly',
}

/** The sign and colour of an event; that something was done at a target is good news only when it worked. */
function looksOf({ what, result }: Event): [icon: IconName, tone: Tone] {
  if (what === 'PROCESSED') return result === 'PROVISIONED' ? ['check', 'good'] : ['warning', 'bad']
  if (what === 'CHECKED' && result === 'CONFLICT') return ['warning', 'warn']
  return shown[what]
}

/** What happened, from the first to the last. */
export function Events({ events }: { events: Event[] }) {
  const t = useText()
  return (
    <section className="stack stack-small">
      <h3>{t('timeline.events')}</h3>
      <ol className="events">
        {events.map((event, at) => {
          const [icon, tone] = looksOf(event)
          return (
            // Two things can happen at one moment, and the order is that of the record.
            <li key={`${event.at} ${event.action} ${String(at)}`} className={`event event-${tone}`}>
              <span className="event-mark">
                <Icon name={icon} size={14} />
              </span>
              <div>
                <p>{sentenceOf(event, t)}</p>
                {event.because ? <p className="muted">{becauseOf(event.because, t)}</p> : null}
                {event.comment ? <blockquote className="quote">{event.comment}</blockquote> : null}
              </div>
              <span className="muted event-time">
                <Time at={event.at} />
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

const rules = ['QUORUM', 'ENDED', 'STAND_IN', 'INACTIVE', 'DISTINCT', 'MANAGER'] as const

/** A rule by its word in the record, or what somebody wrote. */
function becauseOf(because: string, t: Say): string {
  const rule = rules.find((one) => one === because)
  return rule ? t(`because.${rule}`) : because
}

function sentenceOf(event: Event, t: Say): string {
  const actor = event.actor?.name ?? t('timeline.itself')
  const names = event.people.map(({ name }) => name).join(', ')
  const people = names || t('timeline.somebody')
  if (event.what === 'CHECKED') return t(event.result === 'CONFLICT' ? 'timeline.CHECKED.conflict' : 'timeline.CHECKED.clear')
  if (event.what === 'AGREED' && event.automatic) return t('timeline.AGREED.automatic')
  if (event.what === 'PROCESSED') return t(outcomes[event.result ?? ''] ?? 'timeline.PROCESSED')
  if (event.what === 'OTHER') return t('timeline.OTHER', { action: event.action })
  const said = t(`timeline.${event.what}`, { actor, people })
  // A name is written as its owner writes it; what stands for one begins a sentence as words do.
  const isName = said.startsWith(names || '\n') || (event.actor !== null && said.startsWith(event.actor.name))
  return isName ? said : said.charAt(0).toLocaleUpperCase() + said.slice(1)
}
