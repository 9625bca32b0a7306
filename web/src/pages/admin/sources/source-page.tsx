import { useParams } from '@tanstack/react-router'
import { useCall, useSend } from '../../../api/queries.ts'
import type { Answer } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { BackLink, Button } from '../../../parts/button.tsx'
import { Facts, Page } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tell } from '../../../parts/telling.ts'
import { MaybeTime, Time } from '../../../parts/time.tsx'
import { tellDone, tellFailure } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'
import { Drift } from './drift.tsx'
import { healthTones } from './health.ts'
import { SourceRules } from './source-rules.tsx'

type Health = Answer<'getSourceHealth'>

/** One source: how it does, what changed behind our back, and how its entitlements are asked for. */
export function SourcePage() {
  const t = useText()
  const { sourceId = '' } = useParams({ strict: false }) as { sourceId?: string }
  const source = useCall('getSourceHealth', { params: { id: sourceId } })
  return (
    <Page
      wide
      title={source.data?.name ?? t('sources.title')}
      about={source.data && tell(t, { text: source.data.why, sentence: source.data.sentence })}
      back={<BackLink to="/admin/sources">{t('sources.title')}</BackLink>}
      actions={source.data ? <Actions source={source.data} /> : null}
    >
      <Shown query={source} rows={6}>
        {(data) => (
          <>
            <div className="rules">
              <State source={data} />
              <LastReading reading={data.lastSync} />
            </div>
            {data.connector === null ? null : <Drift id={data.id} />}
            <SourceRules id={data.id} />
          </>
        )}
      </Shown>
    </Page>
  )
}

function Actions({ source }: { source: Health }) {
  const t = useText()
  const read = useSend('syncSource', 'sources')
  const retry = useSend('retrySource', 'sources', 'requests')
  const params = { id: source.id }
  const start = async () => {
    try {
      await read.mutateAsync({ params })
      tellDone(t('sources.reading'))
    } catch (error) {
      tellFailure(error, t('part.problem.title'))
    }
  }
  const again = async () => {
    try {
      const { retried } = await retry.mutateAsync({ params })
      tellDone(t('sources.retried', { count: retried.length }))
    } catch (error) {
      tellFailure(error, t('part.problem.title'))
    }
  }
  if (source.connector === null) return null
  return (
    <>
      <Button icon="undo" isPending={retry.isPending} onPress={() => void again()}>
        {t('sources.retry')}
      </Button>
      <Button icon="download" isPending={read.isPending} isDisabled={source.syncQueued} onPress={() => void start()}>
        {source.syncQueued ? t('sources.readQueued') : t('sources.read')}
      </Button>
    </>
  )
}

function State({ source }: { source: Health }) {
  const t = useText()
  return (
    <section className="card stack">
      <div className="row">
        <h2>{t('sources.state')}</h2>
        <Badge tone={healthTones[source.state]}>{t(`sources.state.${source.state}`)}</Badge>
      </div>
      <Facts
        rows={[
          [t('sources.owner'), <Person key="owner" name={source.owner.name} size={24} />],
          [t('sources.connector'), source.connector ?? t('sources.byHand')],
          [t('sources.lastSeen'), <MaybeTime key="seen" at={source.lastSeenAt} form="relative" />],
          source.pausedUntil ? [t('sources.pausedUntil'), <Time key="paused" at={source.pausedUntil} />] : null,
          [t('sources.waiting'), source.jobsWaiting],
          [t('sources.atWork'), source.jobsAtWork],
          [t('sources.limit'), source.maxJobs],
          [t('sources.trying'), source.trying],
          [t('sources.failed'), source.failed],
          [t('sources.workItems'), source.workItems],
          source.lastError
            ? [
                t('sources.lastError'),
                <span key="error">
                  {source.lastError.text} (<Time at={source.lastError.at} form="relative" />)
                </span>,
              ]
            : null,
        ]}
      />
    </section>
  )
}

function LastReading({ reading }: { reading: Health['lastSync'] }) {
  const t = useText()
  if (reading === null) return null
  const tone = { RUNNING: 'busy', DONE: 'good', FAILED: 'bad' } as const
  return (
    <section className="card stack">
      <div className="row">
        <h2>{t('sources.lastReading')}</h2>
        <Badge tone={tone[reading.state]}>{t(`sources.readingState.${reading.state}`)}</Badge>
      </div>
      {reading.error ? <p>{reading.error}</p> : null}
      <Facts
        rows={[
          [t('sources.lastRead'), <Time key="at" at={reading.finishedAt ?? reading.startedAt} />],
          [t('sources.accounts'), reading.accounts],
          [t('sources.entitlements'), reading.entitlements],
          [t('sources.newAccounts'), reading.newAccounts],
          [t('sources.newEntitlements'), reading.newEntitlements],
          reading.missing > 0 && [t('sources.missing'), reading.missingNames.join(', ')],
        ]}
      />
    </section>
  )
}
