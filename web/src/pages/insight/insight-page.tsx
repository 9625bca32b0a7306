import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMe } from '../../api/session.ts'
import { useNow } from '../../parts/clock.tsx'
import { Select } from '../../parts/fields.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'
import { AnswersPlot, AskedPlot, EndedPlot } from './over-time.tsx'
import { spanOf, spans, type Whose } from './span.ts'
import { DecisionTimes, EndingPlot, PendingPlot, ProvisioningPlot } from './standing.tsx'

/** Plots of what was asked, decided and given, each with the rows behind it. */
export function InsightPage() {
  const t = useText()
  const me = useMe()
  const now = useNow()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { span?: string; whose?: string }
  if (!me.isAdmin && me.managerOf === 0) return <NotForYou />
  const days = spans.find((one) => one === search.span) ?? '90'
  // Who runs nothing sees their team, whatever the address says.
  const whose: Whose = me.isAdmin && search.whose !== 'team' ? 'all' : 'team'
  const span = spanOf(now, days, whose)
  const go = (changed: { span?: string; whose?: string }) =>
    void navigate({ to: '/insight', search: { span: days, whose, ...changed }, replace: true })
  return (
    <Page wide title={t('insight.title')} about={t('insight.about')}>
      <div className="filters">
        <Select<(typeof spans)[number]>
          label={t('insight.span')}
          value={days}
          onChange={(next) => go({ span: next })}
          choices={spans.map((key) => ({ key, name: t(`insight.span.${key}`) }))}
        />
        {me.isAdmin && me.managerOf > 0 ? (
          <Select<Whose>
            label={t('insight.whose')}
            value={whose}
            onChange={(next) => go({ whose: next })}
            choices={(['all', 'team'] as const).map((key) => ({ key, name: t(`insight.whose.${key}`) }))}
          />
        ) : null}
      </div>
      <div className="plots">
        <AskedPlot span={span} />
        <EndedPlot span={span} />
        <AnswersPlot span={span} />
        <PendingPlot span={span} />
        <DecisionTimes span={span} by="approver" />
        <DecisionTimes span={span} by="item" />
        <EndingPlot span={span} />
        <ProvisioningPlot span={span} />
      </div>
    </Page>
  )
}

function NotForYou() {
  const t = useText()
  return (
    <Page title={t('insight.title')}>
      <Empty icon="chart" title={t('insight.only')}>
        {t('insight.onlyText')}
      </Empty>
    </Page>
  )
}
