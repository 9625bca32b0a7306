import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { allRows } from '../../api/all-rows.ts'
import { waitsFor } from '../../api/requests.ts'
import { useRows } from '../../api/rows.ts'
import type { RowOf } from '../../api/types.ts'
import { StateBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { actionColumn, kindColumn, recipientColumn } from '../../parts/columns.tsx'
import { DownloadCsv } from '../../parts/download-csv.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Time } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'

type RequestRow = RowOf<'listAccessRequestStatus'>

function columnsIn(t: Say): Column<RequestRow>[] {
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
      text: ({ name }) => name,
    },
    kindColumn(t('requests.kind'), ({ type }) => type),
    actionColumn(t('requests.action')),
    { ...recipientColumn(t('requests.for')), width: 'minmax(9rem, 1.2fr)' },
    {
      id: 'waits',
      header: t('requests.waitsFor'),
      narrow: 'more',
      cell: (row) => waitsFor(row).join(', ') || <span className="table-none">–</span>,
      text: (row) => waitsFor(row).join(', '),
    },
    {
      id: 'state',
      header: t('requests.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ state }) => <StateBadge state={state} />,
      text: ({ state }) => state,
    },
    {
      id: 'asked',
      header: t('requests.asked'),
      width: '9rem',
      sorter: 'created',
      cell: ({ created }) => <Time at={created} form="relative" />,
      text: ({ created }) => created,
    },
  ]
}

/** What one asked for, or others asked for one. */
export function RequestsPage() {
  const t = useText()
  const columns = useMemo(() => columnsIn(t), [t])
  const navigate = useNavigate()
  const { view, sort = '-created' } = useSearch({ from: '/signed-in/requests' })
  const isAll = view === 'all'
  const input = {
    query: { 'regarding-identity': 'me', sorters: sort, ...(isAll ? {} : { 'request-state': 'EXECUTING' }) },
  }
  const rows = useRows('listAccessRequestStatus', input)
  return (
    <Page
      wide
      title={t('requests.title')}
      about={t('requests.about')}
      actions={<DownloadCsv name="requests" columns={columns} load={() => allRows('listAccessRequestStatus', input)} />}
    >
      <Tabs
        label={t('requests.views')}
        tabs={[
          { name: t('requests.open'), link: { to: '/requests' }, isCurrent: !isAll },
          { name: t('requests.all'), link: { to: '/requests', search: { view: 'all' } }, isCurrent: isAll },
        ]}
      />
      <Table
        label={t('requests.title')}
        columns={columns}
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
