import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRows } from '../../api/queries.ts'
import type { RowOf } from '../../api/types.ts'
import { ActionBadge, Kind, StateBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Page } from '../../parts/page.tsx'
import { Person } from '../../parts/person.tsx'
import { Empty } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Time } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'

type RequestRow = RowOf<'listAccessRequestStatus'>

function columns(t: Say): Column<RequestRow>[] {
  return [
    {
      id: 'item',
      header: t('requests.item'),
      width: 'minmax(12rem, 2fr)',
      narrow: 'title',
      sorter: 'name',
      cell: ({ name, accessRequestId }) => (
        <Link to="/requests/$requestId" params={{ requestId: accessRequestId }} className="table-link">
          {name}
        </Link>
      ),
    },
    { id: 'kind', header: t('requests.kind'), width: '9rem', cell: ({ type }) => (type ? <Kind type={type} /> : null) },
    { id: 'action', header: t('requests.action'), width: '7rem', cell: ({ requestType }) => <ActionBadge action={requestType} /> },
    {
      id: 'for',
      header: t('requests.for'),
      width: 'minmax(9rem, 1.2fr)',
      narrow: 'detail',
      cell: ({ requestedFor }) => <Person name={requestedFor.name} size={24} />,
    },
    { id: 'waits', header: t('requests.waitsFor'), cell: (row) => waitsFor(row) },
    { id: 'state', header: t('requests.state'), width: '9rem', narrow: 'aside', cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: 'asked',
      header: t('requests.asked'),
      width: '9rem',
      sorter: 'created',
      cell: ({ created }) => <Time at={created} form="relative" />,
    },
  ]
}

/** Whose answer or work it waits for. */
function waitsFor({ approvalDetails, manualWorkItemDetails }: RequestRow): string {
  const asked = approvalDetails.filter(({ status }) => status === 'PENDING')
  const people = asked.flatMap(({ currentOwner, currentOwners, originalOwner }) =>
    currentOwner ? [currentOwner.name] : currentOwners.length > 0 ? currentOwners.map(({ name }) => name) : [originalOwner.name],
  )
  const workers = (manualWorkItemDetails ?? [])
    .filter(({ status }) => status === 'PENDING')
    .map(({ currentOwner }) => currentOwner?.name ?? '')
  return [...new Set([...people, ...workers])].join(', ') || '–'
}

/** What one asked for, or others asked for one. */
export function RequestsPage() {
  const t = useText()
  const navigate = useNavigate()
  const { view, sort = '-created' } = useSearch({ from: '/signed-in/requests' })
  const isAll = view === 'all'
  const rows = useRows('listAccessRequestStatus', {
    query: { 'regarding-identity': 'me', sorters: sort, ...(isAll ? {} : { 'request-state': 'EXECUTING' }) },
  })
  return (
    <Page wide title={t('requests.title')} about={t('requests.about')}>
      <Tabs
        label={t('requests.views')}
        tabs={[
          { name: t('requests.open'), link: { to: '/requests' }, isCurrent: !isAll },
          { name: t('requests.all'), link: { to: '/requests', search: { view: 'all' } }, isCurrent: isAll },
        ]}
      />
      <Table
        label={t('requests.title')}
        columns={columns(t)}
        rows={rows}
        keyOf={({ accountActivityItemId }) => accountActivityItemId}
        sort={sort}
        onSort={(next) => void navigate({ to: '/requests', search: { ...(view ? { view } : {}), sort: next }, replace: true })}
        empty={
          <Empty
            icon="list"
            title={isAll ? t('requests.none') : t('requests.noneOpen')}
            action={
              isAll ? null : (
                <LinkButton to="/requests" search={{ view: 'all' }}>
                  {t('requests.showAll')}
                </LinkButton>
              )
            }
          >
            {t('requests.noneText')}
          </Empty>
        }
      />
    </Page>
  )
}
