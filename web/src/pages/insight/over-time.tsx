import { useCall } from '../../api/queries.ts'
import type { RowOf } from '../../api/types.ts'
import { Plot } from '../../parts/plot/plot.tsx'
import type { PlotSeries } from '../../parts/plot/shape.ts'
import { Empty, Shown } from '../../parts/states.tsx'
import { type MessageId, useLocale, useText } from '../../text/text.tsx'
import { bucketName, type Span } from './span.ts'

type Bucket = RowOf<'getInsightRequests'>

interface OverTimeProps {
  span: Span
  title: MessageId
  about: MessageId
  file: string
  series: readonly [name: MessageId, colour: PlotSeries['colour'], value: (bucket: Bucket) => number][]
  /** What the rows behind a bucket are asked with, beside its span. */
  behind: Record<string, string>
}

/** What happened in each day, week or month. All three ask the same question, so it is asked once. */
function OverTime({ span, title, about, file, series, behind }: OverTimeProps) {
  const t = useText()
  const locale = useLocale()
  const buckets = useCall('getInsightRequests', { query: { ...span } })
  return (
    <Shown query={buckets} rows={6}>
      {(rows) => (
        <Plot
          title={t(title)}
          about={t(about)}
          file={file}
          placeName={t('insight.when')}
          labels={rows.map(({ from }) => bucketName(from, span.interval, locale))}
          series={series.map(([name, colour, value]) => ({ name: t(name), colour, values: rows.map(value) }))}
          shape="stacked"
          linkOf={(at) => ({
            to: '/insight/rows',
            search: { ...behind, whose: span.for, from: rows[at]?.from, to: rows[at]?.to },
          })}
          empty={<Empty icon="chart" title={t('insight.nothing')} />}
        />
      )}
    </Shown>
  )
}

export function AskedPlot({ span }: { span: Span }) {
  return (
    <OverTime
      span={span}
      title={'insight.asked'}
      about="insight.askedAbout"
      file="requests-over-time"
      series={[['insight.asked', 'accent', ({ requested }) => requested]]}
      behind={{ of: 'requests', moment: 'created' }}
    />
  )
}

export function EndedPlot({ span }: { span: Span }) {
  return (
    <OverTime
      span={span}
      title={'insight.ended'}
      about="insight.endedAbout"
      file="outcomes-over-time"
      series={[
        ['insight.completed', 'good', ({ completed }) => completed],
        ['insight.rejected', 'bad-solid', ({ rejected }) => rejected],
        ['insight.expired', 'warn', ({ expired }) => expired],
        ['insight.failed', 'busy', ({ failed }) => failed],
        ['insight.cancelled', 'ink-3', ({ cancelled }) => cancelled],
      ]}
      behind={{ of: 'requests', moment: 'finished' }}
    />
  )
}

export function AnswersPlot({ span }: { span: Span }) {
  return (
    <OverTime
      span={span}
      title={'insight.answers'}
      about="insight.answersAbout"
      file="decisions-over-time"
      series={[
        ['insight.agreed', 'good', ({ agreed }) => agreed],
        ['insight.refused', 'bad-solid', ({ refused }) => refused],
        ['insight.unanswered', 'warn', ({ unanswered }) => unanswered],
      ]}
      behind={{ of: 'decisions' }}
    />
  )
}
