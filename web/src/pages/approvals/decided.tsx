import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { DecidedApproval } from '../../api/approvals.ts'
import { Badge } from '../../parts/badges.tsx'
import { actionColumn, kindColumn, recipientColumn } from '../../parts/columns.tsx'
import { DownloadCsv } from '../../parts/download-csv.tsx'
import { useSortedRows } from '../../parts/sorted-rows.ts'
import { Empty } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'

function columnsIn(t: Say): Column<DecidedApproval>[] {
  return [
    {
      id: 'item',
      header: t('approvals.item'),
      width: 'minmax(12rem, 2fr)',
      narrow: 'title',
      cell: ({ requestedObject, id }) => (
        <Link to="/approvals/$approvalId" params={{ approvalId: id }} className="table-link">
          {requestedObject.name}
        </Link>
      ),
      text: ({ requestedObject }) => requestedObject.name,
    },
    kindColumn(t('approvals.kind'), ({ requestedObject }) => requestedObject.type),
    actionColumn(t('approvals.action')),
    recipientColumn(t('approvals.for')),
    {
      id: 'state',
      header: t('approvals.decision'),
      width: '8rem',
      narrow: 'aside',
      cell: ({ state }) => <Badge tone={state === 'APPROVED' ? 'good' : 'bad'}>{t(`approvals.state.${state}`)}</Badge>,
      text: ({ state }) => state,
    },
    {
      id: 'by',
      header: t('approvals.decider'),
      cell: ({ reviewedBy }) => reviewedBy?.name ?? '–',
      text: ({ reviewedBy }) => reviewedBy?.name,
    },
    {
      id: 'when',
      header: t('approvals.when'),
      sorter: 'modified',
      width: '9rem',
      cell: ({ modified }) => <Time at={modified} form="relative" />,
      text: ({ modified }) => modified,
    },
  ]
}

/** What was decided of all that one was asked. */
export function Decided() {
  const t = useText()
  const columns = useMemo(() => columnsIn(t), [t])
  const { rows, load, sort, onSort } = useSortedRows('listCompletedApprovals', { query: { 'owner-id': 'me' } }, '-modified')
  return (
    <div className="stack">
      {rows.count ? (
        <div className="row table-file">
          <DownloadCsv name="decisions" columns={columns} load={load} small />
        </div>
      ) : null}
      <Table
        label={t('approvals.decided')}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        sort={sort}
        onSort={onSort}
        empty={<Empty title={t('approvals.decidedNone')} />}
      />
    </div>
  )
}
