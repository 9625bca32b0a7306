import { useParams } from '@tanstack/react-router'
import { quoted } from '../../../api/filter.ts'
import { usePage } from '../../../api/queries.ts'
import { type AnyRequest, waitsFor } from '../../../api/requests.ts'
import { ActionBadge, Kind, StateBadge } from '../../../parts/badges.tsx'
import { BackLink } from '../../../parts/button.tsx'
import { Facts, Page } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { Empty, Shown } from '../../../parts/states.tsx'
import { MaybeTime, Time } from '../../../parts/time.tsx'
import { useText } from '../../../text/text.tsx'
import { RequestActions } from './request-actions.tsx'
import { errorOf } from './request-columns.tsx'

/** One request: each item of it, whom it waits for, and what those who run the tenant can do about it. */
export function OneRequestPage() {
  const t = useText()
  const { requestId = '' } = useParams({ strict: false }) as { requestId?: string }
  const found = usePage('listAdministratorsAccessRequestStatus', { query: { filters: `accessRequestId eq ${quoted(requestId)}` } })
  const first = found.data?.rows[0]
  return (
    <Page
      title={first ? t('allRequests.one', { person: first.requestedFor.name }) : t('allRequests.title')}
      back={<BackLink to="/admin/requests">{t('allRequests.title')}</BackLink>}
    >
      <Shown query={found}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="search" title={t('allRequests.none')} />
          ) : (
            <>
              <RequestActions requests={rows} isChosen onDone={() => undefined} />
              {rows.map((row) => (
                <Item key={row.accountActivityItemId} row={row} />
              ))}
            </>
          )
        }
      </Shown>
    </Page>
  )
}

function Item({ row }: { row: AnyRequest }) {
  const t = useText()
  const waiting = waitsFor(row)
  const error = errorOf(row)
  return (
    <article className="card stack" aria-label={row.name ?? ''}>
      <header className="row row-between">
        <div className="row">
          <ActionBadge action={row.requestType} />
          <h2>{row.name}</h2>
          {row.type ? <Kind type={row.type} /> : null}
        </div>
        <StateBadge state={row.state} />
      </header>
      <Facts
        rows={[
          [t('allRequests.for'), <Person key="for" name={row.requestedFor.name} size={24} />],
          [t('allRequests.by'), <Person key="by" name={row.requester.name} size={24} />],
          waiting.length > 0 && [t('allRequests.waits'), waiting.join(', ')],
          [t('allRequests.asked'), <Time key="asked" at={row.created} />],
          [t('allRequests.changed'), <MaybeTime key="changed" at={row.modified} />],
          row.startDate ? [t('allRequests.starts'), <Time key="starts" at={row.startDate} />] : null,
          row.removeDate ? [t('allRequests.ends'), <Time key="ends" at={row.removeDate} />] : null,
          row.requesterComment?.comment ? [t('allRequests.comment'), row.requesterComment.comment] : null,
          error === '' ? null : [t('allRequests.error'), error],
          [t('allRequests.id'), <code key="id">{row.accessRequestId}</code>],
        ]}
      />
    </article>
  )
}
