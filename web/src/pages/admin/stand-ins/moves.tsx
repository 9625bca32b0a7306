import { useState } from 'react'
import { allRows } from '../../../api/all-rows.ts'
import { useRows } from '../../../api/rows.ts'
import type { RowOf } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { Button } from '../../../parts/button.tsx'
import type { FileColumn } from '../../../parts/csv.ts'
import { Dialog } from '../../../parts/dialog.tsx'
import { DownloadCsv } from '../../../parts/download-csv.tsx'
import { GrowingList, useGrowing } from '../../../parts/growing-list.tsx'
import { Empty, Problem } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { Time } from '../../../parts/time.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Move = RowOf<'listBulkReassignments'>
type Item = RowOf<'listBulkReassignmentItems'>

const tones = { WAITING: 'neutral', MOVED: 'good', LEFT: 'warn', FAILED: 'bad' } as const

function columns(t: Say, open: (move: Move) => void): Column<Move>[] {
  const counts = ({ counts: { moved, total, left, failed } }: Move) =>
    [t('moves.counts', { moved, total }), t('moves.left', { count: left }), t('moves.failed', { count: failed })]
      .filter(Boolean)
      .join(' · ')
  return [
    {
      id: 'when',
      header: t('moves.when'),
      width: '11rem',
      narrow: 'title',
      cell: ({ created }) => <Time at={created} />,
      text: ({ created }) => created,
    },
    { id: 'by', header: t('moves.by'), cell: ({ orderedBy }) => orderedBy.name, text: ({ orderedBy }) => orderedBy.name },
    {
      id: 'to',
      header: t('moves.to'),
      cell: ({ reassignTo }) => reassignTo?.name ?? t('moves.manager'),
      text: ({ reassignTo }) => reassignTo?.name,
    },
    {
      id: 'counts',
      header: t('moves.outcome'),
      width: 'minmax(12rem, 1.5fr)',
      narrow: 'detail',
      cell: counts,
      text: counts,
    },
    {
      id: 'state',
      header: t('moves.state'),
      width: '8rem',
      cell: ({ state }) => <Badge tone={state === 'FINISHED' ? 'good' : 'busy'}>{t(`moves.state.${state}`)}</Badge>,
      text: ({ state }) => state,
    },
    {
      id: 'items',
      header: t('moves.items'),
      width: '12rem',
      narrow: 'aside',
      cell: (move) => (
        <Button small look="quiet" onPress={() => open(move)}>
          {t('moves.items')}
        </Button>
      ),
    },
  ]
}

/** What was moved in bulk, and what became of each of it. */
export function Moves() {
  const t = useText()
  const rows = useRows('listBulkReassignments', {})
  const [open, setOpen] = useState<Move>()
  return (
    <>
      <TableWithFile
        label={t('moves.title')}
        file="bulk-reassignments"
        columns={columns(t, setOpen)}
        rows={rows}
        keyOf={({ id }) => id}
        load={() => allRows('listBulkReassignments', {})}
        empty={<Empty icon="forward" title={t('moves.none')} />}
      />
      <Dialog title={t('moves.items')} wide isOpen={open !== undefined} onClose={() => setOpen(undefined)}>
        {open === undefined ? null : <Items id={open.id} />}
      </Dialog>
    </>
  )
}

function Items({ id }: { id: string }) {
  const t = useText()
  const rows = useRows('listBulkReassignmentItems', { params: { id } })
  const growing = useGrowing(rows, itemsThatFit)
  if (rows.error && rows.count === undefined) return <Problem error={rows.error} onRetry={rows.refetch} />
  return (
    <>
      <div className="row row-between">
        <span className="muted">{rows.count === undefined ? t('part.loading') : t('moves.itemCount', { count: rows.count })}</span>
        <DownloadCsv
          small
          name="bulk-reassignment"
          columns={itemColumns(t)}
          load={() => allRows('listBulkReassignmentItems', { params: { id } })}
        />
      </div>
      <GrowingList className="list" label={t('moves.items')} growing={growing} keyOf={(row) => row.id}>
        {(row) => <ItemRow row={row} />}
      </GrowingList>
    </>
  )
}

/** A window of its own shows about so many. */
const itemsThatFit = 10

function itemColumns(t: Say): FileColumn<Item>[] {
  return [
    { header: t('moves.state'), text: ({ outcome }) => outcome },
    { header: t('moves.items'), text: ({ type }) => type },
    { header: t('allRequests.id'), text: ({ accessRequestId }) => accessRequestId },
    { header: t('moves.from'), text: ({ reassignedFrom }) => reassignedFrom.name },
    { header: t('moves.to'), text: ({ reassignedTo }) => reassignedTo?.name },
    { header: t('moves.reason'), text: ({ reason }) => reason },
  ]
}

function ItemRow({ row }: { row: Item }) {
  const t = useText()
  return (
    <div className="list-item">
      <div className="list-main">
        <strong>{t(`moves.kind.${row.type}`)}</strong> {row.reassignedFrom.name}
        {row.reassignedTo ? ` → ${row.reassignedTo.name}` : ''}
        {row.reason ? <span className="muted list-about">{row.reason}</span> : null}
      </div>
      <Badge tone={tones[row.outcome]}>{t(`moves.outcome.${row.outcome}`)}</Badge>
    </div>
  )
}
