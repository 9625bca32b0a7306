import type { Explanation, PendingApproval } from '../../api/approvals.ts'
import { Kind } from '../../parts/badges.tsx'
import { Icon } from '../../parts/icon.tsx'
import { tell } from '../../parts/telling.ts'
import { MaybeTime, Time } from '../../parts/time.tsx'
import { type MessageId, useText } from '../../text/text.tsx'

export function Reasons({ why }: { why: Explanation['why'] }) {
  const t = useText()
  if (why.length === 0) return null
  return (
    <section className="stack stack-small">
      <h3>{t('approvals.why')}</h3>
      <ul className="bullets">
        {why.map((reason) => (
          <li key={`${reason.rule} ${reason.text}`}>{tell(t, reason)}</li>
        ))}
      </ul>
    </section>
  )
}

/** How many of those around somebody hold it: unusual access is worth a second look. */
export function Peers({ explanation, name }: { explanation: Explanation; name: string }) {
  const t = useText()
  const { sameManager, sameDepartment } = explanation.peers
  return (
    <section className="stack stack-small">
      <h3>{t('approvals.peers')}</h3>
      <Share label={t('approvals.sameManager', { name })} {...sameManager} />
      <Share label={t('approvals.sameDepartment', { name })} {...sameDepartment} />
    </section>
  )
}

function Share({ label, holding, total }: { label: string; holding: number; total: number }) {
  const t = useText()
  return (
    <div className="share">
      <span>{label}</span>
      <span className="share-bar" aria-hidden="true">
        <span style={{ width: total === 0 ? 0 : `${(100 * holding) / total}%` }} />
      </span>
      <strong>{total === 0 ? t('approvals.nobody') : t('approvals.of', { holding, total })}</strong>
    </div>
  )
}

export function Holdings({ held, name }: { held: Explanation['alreadyHeld']; name: string }) {
  const t = useText()
  return (
    <section className="stack stack-small">
      <h3>{t('approvals.held', { name })}</h3>
      {held.length === 0 ? <p className="muted">{t('approvals.heldNone')}</p> : null}
      <ul className="chips">
        {held.map((item) => (
          <li key={`${item.type} ${item.id}`} className="chip">
            <Kind type={item.type} />
            <strong>{item.name}</strong>
            <span className="muted">
              {t('approvals.since')} <Time at={item.since} form="day" />
              {item.removeDate ? (
                <>
                  , {t('approvals.until')} <Time at={item.removeDate} form="day" />
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** From when until when; where that changes, what it was and what it will be. */
export function Dates({ approval }: { approval: PendingApproval }) {
  const t = useText()
  const rows: [name: MessageId, isChanged: boolean, old: string | undefined, next: string | undefined][] = [
    ['approvals.start', approval.startUpdateRequested, approval.currentStartDate, approval.startDate],
    ['approvals.end', approval.removeDateUpdateRequested, approval.currentRemoveDate, approval.removeDate],
  ]
  const shown = rows.filter(([, isChanged, , next]) => isChanged || next !== undefined)
  if (shown.length === 0 && approval.maxPermittedAccessDuration === null) return null
  return (
    <section className="stack stack-small">
      <h3>{t('approvals.dates')}</h3>
      {shown.map(([name, isChanged, old, next]) => (
        <p key={name} className="dates">
          <span>{t(name)}</span>
          {isChanged ? (
            <>
              <span className="dates-old">
                <span className="visually-hidden">{t('approvals.dateOld')} </span>
                <MaybeTime at={old} form="day" none={t('approvals.noDate')} />
              </span>
              <Icon name="right" size={14} />
              <strong className="dates-new">
                <span className="visually-hidden">{t('approvals.dateNew')} </span>
                <MaybeTime at={next} form="day" none={t('approvals.noDate')} />
              </strong>
            </>
          ) : (
            <strong>
              <MaybeTime at={next} form="day" />
            </strong>
          )}
        </p>
      ))}
      {approval.maxPermittedAccessDuration ? <Longest {...approval.maxPermittedAccessDuration} /> : null}
    </section>
  )
}

function Longest({ value, timeUnit }: { value: number; timeUnit: 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS' }) {
  const t = useText()
  return <p className="muted">{t('approvals.longest', { span: t(`part.span.${timeUnit}`, { count: value }) })}</p>
}
