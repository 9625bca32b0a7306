import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { allRows } from '../../api/all-rows.ts'
import type { DecidedApproval } from '../../api/approvals.ts'
import { useRows } from '../../api/queries.ts'
import { ActionBadge, Badge, Kind } from '../../parts/badges.tsx'
import { DownloadCsv } from '../../parts/download-csv.tsx'
import { Person } from '../../parts/person.tsx'
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
    {
      id: 'kind',
      header: t('approvals.kind'),
      width: '9rem',
      cell: ({ requestedObject }) => <Kind type={requestedObject.type} />,
      text: ({ requestedObject }) => requestedObject.type,
    },
    {
      id: 'action',
      header: t('approvals.action'),
      width: '7rem',
      cell: ({ requestType }) => <ActionBadge action={requestType} />,
      text: ({ requestType }) => requestType ?? 'GRANT_ACCESS',
    },
    {
      id: 'person',
      header: t('approvals.for'),
      narrow: 'detail',
      cell: ({ requestedFor }) => <Person name={requestedFor.name} size={24} />,
      text: ({ requestedFor }) => requestedFor.name,
    },
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
  const [sort, setSort] = useState('-modified')
  const input = { query: { 'owner-id': 'me', sorters: sort } }
  const rows = useRows('listCompletedApprovals', input)
  return (
    <div className="stack">
      {rows.count ? (
        <div className="row table-file">
          <DownloadCsv name="decisions" columns={columns} load={() => allRows('listCompletedApprovals', input)} small />
        </div>
      ) : null}
      <Table
        label={t('approvals.decided')}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        sort={sort}
        onSort={setSort}
        empty={<Empty title={t('approvals.decidedNone')} />}
      />
    </div>
  )
}
