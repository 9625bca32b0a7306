import { useParams } from '@tanstack/react-router'
import { useCall } from '../../api/queries.ts'
import type { RowOf } from '../../api/types.ts'
import { ActionBadge, Kind, KindMark, StateBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Facts, Page } from '../../parts/page.tsx'
import { Person } from '../../parts/person.tsx'
import { Shown } from '../../parts/states.tsx'
import { MaybeTime, Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import { Events } from './events.tsx'
import { ProvisioningSteps } from './provisioning-steps.tsx'
import { RequestActions } from './request-actions.tsx'
import { Waits } from './waits.tsx'

export type TimelineItem = RowOf<'getAccessRequestTimeline'>

/** What happened to a request, item by item, whom it waits for, and what one can do about it. */
export function RequestPage() {
  const t = useText()
  const { requestId } = useParams({ from: '/signed-in/requests/$requestId' })
  const timeline = useCall('getAccessRequestTimeline', { params: { id: requestId } })
  const first = timeline.data?.[0]
  return (
    <Page
      title={first ? t('timeline.title', { name: first.requestedFor.name }) : t('tasks.request')}
      about={first ? <Asked item={first} /> : null}
      back={
        <LinkButton to="/requests" look="quiet" small icon="left">
          {t('requests.title')}
        </LinkButton>
      }
      actions={timeline.data ? <RequestActions requestId={requestId} items={timeline.data} /> : null}
    >
      <Shown query={timeline} rows={6}>
        {(items) => items.map((item) => <Item key={item.accountActivityItemId} item={item} />)}
      </Shown>
      <p className="muted">
        {t('timeline.number')} <code>{requestId}</code>
      </p>
    </Page>
  )
}

function Asked({ item }: { item: TimelineItem }) {
  const t = useText()
  return (
    <>
      {t('timeline.asked', { name: item.requester.name })} <Time at={item.created} />
    </>
  )
}

function Item({ item }: { item: TimelineItem }) {
  const t = useText()
  return (
    <article className="card timeline" aria-label={item.requestedObject.name}>
      <header className="row row-between">
        <div className="row timeline-what">
          <KindMark type={item.requestedObject.type} />
          <div>
            <h2>{item.requestedObject.name}</h2>
            <div className="row">
              <ActionBadge action={item.requestType} />
              <Kind type={item.requestedObject.type} />
            </div>
          </div>
        </div>
        <StateBadge state={item.state} />
      </header>
      <Facts
        rows={[
          [t('requests.for'), <Person key="for" name={item.requestedFor.name} size={24} />],
          item.startDate && [t('approvals.start'), <Time key="start" at={item.startDate} />],
          item.removeDate && [t('approvals.end'), <MaybeTime key="end" at={item.removeDate} />],
          item.errorMessages.length > 0 && [t('timeline.errors'), item.errorMessages.join(' ')],
        ]}
      />
      <Waits waits={item.waitsFor} />
      <Events events={item.events} />
      <ProvisioningSteps steps={item.steps} />
    </article>
  )
}
