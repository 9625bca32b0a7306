import { useText } from '../../../text/text.tsx'
import { type Happening, happeningsOf, type Round, type Schedule, scheduleOf } from './schedule.ts'
import { isComplete, type Timers } from './timers.ts'

const laneHeight = 54
const axisHeight = 30

/** The schedule that the numbers produce, drawn and told day by day. */
export function SchedulePicture({ timers }: { timers: Timers }) {
  const t = useText()
  // A half-written number draws nothing new.
  if (!isComplete(timers)) return null
  const schedule = scheduleOf(timers)
  return (
    <section className="card stack schedule" aria-labelledby="schedule-title">
      <h2 id="schedule-title">{t('schedule.title')}</h2>
      <Picture schedule={schedule} result={timers.expiryResult} />
      <ol className="schedule-days">
        {happeningsOf(schedule).map((happening) => (
          <li key={JSON.stringify(happening)}>
            <strong>{t('schedule.day', { count: happening.days.length, days: happening.days.join(', ') })}</strong>{' '}
            <Told happening={happening} result={timers.expiryResult} />
          </li>
        ))}
        {schedule.endsAt === undefined ? <li className="muted">{t('schedule.endless')}</li> : null}
      </ol>
    </section>
  )
}

function Told({ happening, result }: { happening: Happening; result: Timers['expiryResult'] }) {
  const t = useText()
  if (happening.what === 'ended') return <>{t(result === 'APPROVED' ? 'schedule.approved' : 'schedule.expired')}</>
  return <>{t(`schedule.${happening.what}`, { who: t(`schedule.holder.${happening.holder}`) })}</>
}

function Picture({ schedule, result }: { schedule: Schedule; result: Timers['expiryResult'] }) {
  const t = useText()
  const { rounds, endsAt, horizon } = schedule
  const height = rounds.length * laneHeight + axisHeight
  const at = (day: number) => `${(100 * day) / Math.max(horizon, 1)}%`
  return (
    <div className="schedule-picture">
      <svg width="100%" height={height} role="img" aria-label={t('schedule.picture', { last: Math.round(horizon) })}>
        {ticksOf(horizon).map((day) => (
          <g key={day} className="schedule-tick">
            <line x1={at(day)} x2={at(day)} y1={0} y2={height - axisHeight} />
            <text x={at(day)} y={height - 10} textAnchor={day === 0 ? 'start' : 'middle'}>
              {day}
            </text>
          </g>
        ))}
        {rounds.map((round, lane) => (
          <Lane key={round.holder} round={round} top={lane * laneHeight} at={at} horizon={horizon} />
        ))}
        {endsAt === undefined ? null : (
          <line
            className={result === 'APPROVED' ? 'schedule-end schedule-end-good' : 'schedule-end'}
            x1={at(endsAt)}
            x2={at(endsAt)}
            y1={0}
            y2={height - axisHeight}
          />
        )}
      </svg>
      <p className="row schedule-legend muted">
        <span className="schedule-dot" aria-hidden="true" /> {t('timers.reminders')}
      </p>
    </div>
  )
}

interface LaneProps {
  round: Round
  top: number
  at(day: number): string
  horizon: number
}

/** Who holds it, from when until when, and when they are reminded. */
function Lane({ round, top, at, horizon }: LaneProps) {
  const t = useText()
  const { holder, from, until = horizon, reminders } = round
  // The name stands where there is room for it.
  const isLate = from > horizon * 0.55
  return (
    <g>
      <text className="schedule-holder" x={isLate ? at(until) : at(from)} y={top + 16} textAnchor={isLate ? 'end' : 'start'}>
        {t(`schedule.holder.${holder}`)}
      </text>
      <rect
        className={round.until === undefined ? 'schedule-bar schedule-bar-open' : 'schedule-bar'}
        x={at(from)}
        y={top + 24}
        width={at(until - from)}
        height={18}
        rx={6}
      />
      {reminders.map((day) => (
        <circle key={day} className="schedule-reminder" cx={at(day)} cy={top + 33} r={4} />
      ))}
    </g>
  )
}

/** About ten days that are named below the picture. */
function ticksOf(horizon: number): number[] {
  const step = [1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365].find((one) => horizon / one <= 11) ?? 730
  return Array.from({ length: Math.floor(horizon / step) + 1 }, (_, at) => at * step)
}
