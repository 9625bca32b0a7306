import { Link, useSearch } from '@tanstack/react-router'
import { quoted } from '../../api/filter.ts'
import { usePage } from '../../api/queries.ts'
import type { RowOf } from '../../api/types.ts'
import { KindMark, StateBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Page, Section } from '../../parts/page.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'

/** What became of every line that was sent. It stays true: what happens to them is told as it happens. */
export function SentPage() {
  const t = useText()
  const { ids = '', existing = '', names = '' } = useSearch({ from: '/signed-in/request/sent' })
  return (
    <Page
      title={t('sent.title')}
      about={t('sent.about')}
      actions={
        <>
          <LinkButton to="/request">{t('sent.more')}</LinkButton>
          <LinkButton to="/requests" look="primary">
            {t('requests.title')}
          </LinkButton>
        </>
      }
    >
      <Rows title={t('sent.new')} ids={ids} />
      {existing === '' ? null : <Rows title={t('sent.existing')} ids={existing} names={names.split('\n')} />}
    </Page>
  )
}

function Rows({ title, ids, names = [] }: { title: string; ids: string; names?: string[] }) {
  const t = useText()
  const list = ids.split(',').filter((id) => id !== '')
  const filters = `accessRequestId in (${list.map(quoted).join(', ')})`
  const rows = usePage('listAccessRequestStatus', { query: { filters, limit: 250 } }, { enabled: list.length > 0 })
  if (list.length === 0) return <Empty icon="info" title={t('sent.none')} />
  return (
    <Section title={title} count={rows.data?.rows.length}>
      <Shown query={rows}>
        {(page) => (
          <ul className="list">
            {page.rows.map((row) => (
              <Row key={row.accountActivityItemId} row={row} />
            ))}
            {list.map((id, at) =>
              names.length === 0 || page.rows.some(({ accessRequestId }) => accessRequestId === id) ? null : (
                <li key={`${id} ${String(at)}`} className="list-item">
                  <div className="list-main">
                    <strong>{names[at]}</strong>
                    <span className="muted list-about">{t('sent.unseen')}</span>
                  </div>
                </li>
              ),
            )}
          </ul>
        )}
      </Shown>
    </Section>
  )
}

function Row({ row }: { row: RowOf<'listAccessRequestStatus'> }) {
  const t = useText()
  const waits = row.approvalDetails
    .filter(({ status }) => status === 'PENDING')
    .flatMap(({ currentOwner, currentOwners }) => currentOwner ?? currentOwners)
  const why = row.cancelledRequestDetails?.comment ?? row.errorMessages?.[0]?.[0]?.text
  return (
    <li className="list-item list-item-link">
      {row.type ? <KindMark type={row.type} /> : null}
      <div className="list-main">
        <Link to="/requests/$requestId" params={{ requestId: row.accessRequestId }} className="list-link">
          {row.name}
        </Link>
        <span className="muted list-about">
          {t('home.for', { name: row.requestedFor.name })}
          {waits.length > 0 ? ` · ${t('sent.waits', { names: waits.map(({ name }) => name).join(', ') })}` : ''}
          {why ? ` · ${why}` : ''}
        </span>
      </div>
      <StateBadge state={row.state} />
    </li>
  )
}
