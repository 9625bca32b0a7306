import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { allRows } from '../../../api/all-rows.ts'
import { useSend } from '../../../api/queries.ts'
import { useRows } from '../../../api/rows.ts'
import type { RowOf } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { Button } from '../../../parts/button.tsx'
import { actionColumn } from '../../../parts/columns.tsx'
import { DownloadCsv } from '../../../parts/download-csv.tsx'
import { Select } from '../../../parts/fields.tsx'
import { Person } from '../../../parts/person.tsx'
import { Empty } from '../../../parts/states.tsx'
import { type Column, Table } from '../../../parts/table.tsx'
import { tell } from '../../../parts/telling.ts'
import { Time } from '../../../parts/time.tsx'
import { tellDone, tellFailure } from '../../../parts/toast.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Stuck = RowOf<'listStuckAccessRequests'>

const patiences = ['usual', '0', '24', '168', '720'] as const
type Patience = (typeof patiences)[number]

/** What a sentence says already, and what only a spreadsheet has room for. */
const onlyInFile = ['waits', 'source', 'attempts', 'next']

/** What does not move, who or what it waits for, and trying it again. */
export function StuckRequests() {
  const t = useText()
  const navigate = useNavigate()
  const { longer } = useSearch({ strict: false }) as { longer?: string }
  const patience = patiences.find((one) => one === longer) ?? 'usual'
  const setPatience = (next: Patience) =>
    void navigate({ to: '.', search: { view: 'stuck', ...(next === 'usual' ? {} : { longer: next }) }, replace: true })
  const input = patience === 'usual' ? {} : { query: { hours: Number(patience) } }
  const rows = useRows('listStuckAccessRequests', input)
  const retry = useRetry()
  const columns = stuckColumns(t, retry)
  return (
    <div className="stack">
      <div className="table-tools">
        <Select<Patience>
          label={t('stuck.patience')}
          value={patience}
          onChange={setPatience}
          choices={patiences.map((key) => ({ key, name: t(`stuck.patience.${key}`) }))}
        />
        <DownloadCsv name="stuck" columns={columns} load={() => allRows('listStuckAccessRequests', input)} />
      </div>
      <Table
        label={t('allRequests.stuck')}
        columns={columns}
        rows={rows}
        hidden={onlyInFile}
        keyOf={(row) => row.accountActivityItemId ?? row.assignmentId ?? ''}
        empty={
          <Empty icon="check" title={t('stuck.none')}>
            {t('stuck.noneText')}
          </Empty>
        }
      />
    </div>
  )
}

/** Tries one again: the request, or the assignment that could not be taken away. */
function useRetry(): (row: Stuck) => Promise<void> {
  const t = useText()
  const send = useSend('retryAccessRequest', 'requests', 'access')
  return async (row) => {
    try {
      await send.mutateAsync({ params: { id: row.accessRequestId ?? row.assignmentId ?? '' } })
      tellDone(t('allRequests.retried', { count: 1 }))
    } catch (error) {
      tellFailure(error, t('part.problem.title'))
    }
  }
}

function stuckColumns(t: Say, retry: (row: Stuck) => Promise<void>): Column<Stuck>[] {
  return [
    {
      id: 'item',
      header: t('allRequests.item'),
      width: 'minmax(10rem, 1.2fr)',
      narrow: 'title',
      wraps: true,
      cell: ({ requestedObject, requestedFor, accessRequestId }) =>
        accessRequestId === null ? (
          <strong>{requestedObject.name}</strong>
        ) : (
          <Link to="/admin/requests/$requestId" params={{ requestId: accessRequestId }} className="table-link">
            {requestedObject.name}
            <span className="only-narrow"> – {requestedFor.name}</span>
          </Link>
        ),
      text: ({ requestedObject }) => requestedObject.name,
    },
    actionColumn(t('allRequests.action')),
    {
      id: 'for',
      header: t('allRequests.for'),
      width: 'minmax(9rem, 0.8fr)',
      cell: ({ requestedFor }) => <Person name={requestedFor.name} size={24} />,
      text: ({ requestedFor }) => requestedFor.name,
    },
    {
      id: 'reason',
      header: t('stuck.reason'),
      width: '10rem',
      cell: ({ reason }) => <Badge tone={reason === 'FAILED' ? 'bad' : 'warn'}>{t(`stuck.reason.${reason}`)}</Badge>,
      text: ({ reason }) => reason,
    },
    {
      id: 'why',
      header: t('stuck.why'),
      width: 'minmax(12rem, 2fr)',
      narrow: 'detail',
      wraps: true,
      cell: (row) => <span title={row.lastError ?? undefined}>{whyOf(row, t)}</span>,
      text: (row) => whyOf(row, t),
    },
    ...fileColumns(t),
    {
      id: 'since',
      header: t('stuck.since'),
      width: '8rem',
      cell: ({ since }) => <Time at={since} form="relative" />,
      text: ({ since }) => since,
    },
    {
      id: 'retry',
      header: t('allRequests.retry'),
      width: '8.5rem',
      narrow: 'aside',
      cell: (row) => (row.canRetry ? <RetryButton row={row} retry={retry} /> : null),
    },
  ]
}

function fileColumns(t: Say): Column<Stuck>[] {
  const texts: [id: string, header: string, text: (row: Stuck) => string | number | null | undefined][] = [
    ['waits', t('allRequests.waits'), ({ waitsFor }) => waitsFor.map(({ name }) => name).join(', ')],
    ['source', t('stuck.source'), ({ source }) => source?.name],
    ['attempts', t('stuck.attempts'), ({ attempts }) => attempts],
    ['next', t('stuck.next'), ({ nextTry }) => nextTry],
  ]
  return texts.map(([id, header, text]) => ({ id, header, text, cell: text }))
}

/** Many names are joined as the reader's language does it. */
function whyOf({ why, sentence, waitsFor }: Stuck, t: Say): string {
  const names = waitsFor.map(({ name }) => name).join(', ')
  return tell(t, { text: why, sentence }, names === '' ? {} : { names })
}

function RetryButton({ row, retry }: { row: Stuck; retry: (row: Stuck) => Promise<void> }) {
  const t = useText()
  const [isBusy, setBusy] = useState(false)
  const press = async () => {
    setBusy(true)
    await retry(row)
    setBusy(false)
  }
  return (
    <span className="table-button">
      <Button
        small
        icon="undo"
        isPending={isBusy}
        onPress={() => void press()}
        aria-label={`${t('allRequests.retry')}: ${row.requestedObject.name}, ${row.requestedFor.name}`}
      >
        {t('allRequests.retry')}
      </Button>
    </span>
  )
}
