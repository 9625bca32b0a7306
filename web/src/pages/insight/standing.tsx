import { useCall } from '../../api/queries.ts'
import { Plot } from '../../parts/plot/plot.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { type Say, useLocale, useText } from '../../text/text.tsx'
import { lasting } from './lasting.ts'
import { bucketName, type Span } from './span.ts'

/** As many bars as can be told apart; the rest is in the rows. */
const mostBars = 12

/** Days where hours would be too many. */
function scaleOf(most: number, t: Say): { hoursPer: number; unit(value: number): string } {
  const rounded = (value: number) => Math.round(value * 10) / 10
  if (most >= 48) return { hoursPer: 24, unit: (value) => t('insight.days', { days: rounded(value) }) }
  return { hoursPer: 1, unit: (value) => t('insight.hours', { hours: rounded(value) }) }
}

/** How long approvers take, or how long it takes to decide about an item. */
export function DecisionTimes({ span, by }: { span: Span; by: 'approver' | 'item' }) {
  const t = useText()
  const { from, to, for: whose } = span
  const times = useCall('getInsightDecisionTimes', { query: { from, to, for: whose, by, limit: mostBars } })
  return (
    <Shown query={times} rows={6}>
      {(rows) => {
        const { hoursPer, unit } = scaleOf(Math.max(0, ...rows.map(({ p90Hours }) => p90Hours)), t)
        return (
          <Plot
            title={by === 'approver' ? t('insight.byApprover') : t('insight.byItem')}
            about={by === 'approver' ? t('insight.byApproverAbout') : t('insight.byItemAbout')}
            file={`time-to-decide-by-${by}`}
            placeName={t(`insight.${by}`)}
            labels={rows.map(({ about }) => about.name)}
            series={[
              { name: t('insight.median'), colour: 'accent', values: rows.map(({ medianHours }) => medianHours / hoursPer) },
              { name: t('insight.p90'), colour: 'warn', values: rows.map(({ p90Hours }) => p90Hours / hoursPer) },
            ]}
            shape="grouped"
            unit={unit}
            isMeasured
            linkOf={(at) => ({ to: '/insight/rows', search: { of: 'decisions', [by]: rows[at]?.about.id, whose, from, to } })}
            empty={<Empty icon="chart" title={t('insight.nothing')} />}
          />
        )
      }}
    </Shown>
  )
}

/** What ends in the weeks to come. */
export function EndingPlot({ span }: { span: Span }) {
  const t = useText()
  const locale = useLocale()
  const ending = useCall('getInsightExpiring', { query: { for: span.for, interval: 'week', zone: span.zone } })
  return (
    <Shown query={ending} rows={6}>
      {(rows) => (
        <Plot
          title={t('insight.ending')}
          about={t('insight.endingAbout')}
          file="ending-access"
          placeName={t('insight.when')}
          labels={rows.map(({ from }) => bucketName(from, 'week', locale))}
          series={[
            { name: t('insight.privileged'), colour: 'warn', values: rows.map(({ privileged }) => privileged) },
            { name: t('insight.other'), colour: 'accent', values: rows.map((row) => row.ending - row.privileged) },
          ]}
          shape="stacked"
          linkOf={(at) => ({
            to: '/insight/rows',
            search: { of: 'ending', whose: span.for, from: rows[at]?.from, to: rows[at]?.to },
          })}
          empty={<Empty icon="chart" title={t('insight.nothing')} />}
        />
      )}
    </Shown>
  )
}

/** How long what is open has been waiting. */
export function PendingPlot({ span }: { span: Span }) {
  const t = useText()
  const pending = useCall('getInsightPending', { query: { for: span.for } })
  return (
    <Shown query={pending} rows={6}>
      {(rows) => (
        <Plot
          title={t('insight.pending')}
          about={t('insight.pendingAbout')}
          file="pending-by-age"
          placeName={t('insight.age')}
          labels={rows.map(({ olderThanHours, youngerThanHours }) =>
            youngerThanHours === null
              ? t('insight.ageOver', { from: lasting(olderThanHours, t) })
              : t('insight.ageBetween', { from: lasting(olderThanHours, t), to: lasting(youngerThanHours, t) }),
          )}
          series={[{ name: t('insight.open'), colour: 'busy', values: rows.map(({ approvals }) => approvals) }]}
          shape="stacked"
          linkOf={(at) => ({
            to: '/insight/rows',
            search: {
              of: 'pending',
              whose: span.for,
              older: text(rows[at]?.olderThanHours),
              younger: text(rows[at]?.youngerThanHours),
            },
          })}
          empty={<Empty icon="check" title={t('insight.nothing')} />}
        />
      )}
    </Shown>
  )
}

const text = (value: number | null | undefined) => (value === null || value === undefined ? undefined : String(value))

/** Where changes could not be made. */
export function ProvisioningPlot({ span }: { span: Span }) {
  const t = useText()
  const { from, to, for: whose } = span
  const sources = useCall('getInsightProvisioning', { query: { from, to, for: whose } })
  return (
    <Shown query={sources} rows={6}>
      {(all) => {
        const rows = all.slice(0, mostBars)
        return (
          <Plot
            title={t('insight.provisioning')}
            about={t('insight.provisioningAbout')}
            file="failures-by-source"
            placeName={t('insight.source')}
            labels={rows.map(({ source }) => source.name)}
            series={[{ name: t('insight.failed'), colour: 'bad-solid', values: rows.map(({ failed }) => failed) }]}
            shape="stacked"
            linkOf={(at) => ({
              to: '/insight/rows',
              search: { of: 'provisioning', states: 'FAILED', source: rows[at]?.source.id, whose, from, to },
            })}
            empty={<Empty icon="check" title={t('insight.nothing')} />}
          />
        )
      }}
    </Shown>
  )
}
