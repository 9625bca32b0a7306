import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { PendingApproval } from '../../api/approvals.ts'
import { actionColumn, kindColumn, recipientColumn } from '../../parts/columns.tsx'
import { DownloadCsv } from '../../parts/download-csv.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useSortedRows } from '../../parts/sorted-rows.ts'
import { Empty } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { MaybeTime, Time } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'
import { BulkApprove } from './bulk-approve.tsx'

const most = 50

function columnsIn(t: Say): Column<PendingApproval>[] {
  return [
    { ...actionColumn(t('approvals.action')), narrow: 'aside' },
    {
      id: 'item',
      header: t('approvals.item'),
      width: 'minmax(12rem, 2fr)',
      narrow: 'title',
      cell: ({ requestedObject, id, sodViolationContext }) => (
        <>
          {sodViolationContext?.violationCheckResult.violatedPolicies.length ? (
            <span className="table-warning" title={t('violation.title')}>
              <Icon name="warning" size={16} />
            </span>
          ) : null}
          <Link to="/approvals/$approvalId" params={{ approvalId: id }} className="table-link">
            {requestedObject.name}
          </Link>
        </>
      ),
      text: ({ requestedObject }) => requestedObject.name,
    },
    kindColumn(t('approvals.kind'), ({ requestedObject }) => requestedObject.type),
    recipientColumn(t('approvals.for')),
    { id: 'requester', header: t('approvals.requester'), cell: ({ requester }) => requester.name, text: ({ requester }) => requester.name },
    {
      id: 'end',
      header: t('approvals.end'),
      width: '8rem',
      cell: ({ removeDate }) => <MaybeTime at={removeDate} form="day" none="–" />,
      text: ({ removeDate }) => removeDate,
    },
    {
      id: 'when',
      header: t('approvals.waitsSince'),
      narrow: 'more',
      sorter: 'created',
      width: '9rem',
      cell: ({ created }) => <Time at={created} form="relative" />,
      text: ({ created }) => created,
    },
  ]
}

/** The same as the inbox, with many at once. */
export function ApprovalTable() {
  const t = useText()
  const columns = useMemo(() => columnsIn(t), [t])
  const [chosen, setChosen] = useState<ReadonlyMap<string, PendingApproval>>(new Map())
  const { rows, load, sort, onSort } = useSortedRows('listPendingApprovals', { query: { 'owner-id': 'me' } }, 'created')
  const choose = (keys: ReadonlySet<string>, known: readonly PendingApproval[]) =>
    setChosen(new Map([...chosen.values(), ...known].filter(({ id }) => keys.has(id)).map((row) => [row.id, row])))
  return (
    <div className="stack">
      <BulkApprove approvals={[...chosen.values()]} most={most} onDone={() => setChosen(new Map())}>
        <DownloadCsv name="approvals" columns={columns} load={load} />
      </BulkApprove>
      <Table
        label={t('approvals.waiting')}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        sort={sort}
        onSort={onSort}
        selection={{
          keys: new Set(chosen.keys()),
          onChange: choose,
          nameOf: ({ requestedObject, requestedFor }) => t('approvals.choose', { item: requestedObject.name, person: requestedFor.name }),
          most,
        }}
        empty={
          <Empty icon="check" title={t('approvals.none')}>
            {t('approvals.noneText')}
          </Empty>
        }
      />
    </div>
  )
}
