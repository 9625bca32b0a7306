import { Link } from '@tanstack/react-router'
import { useRows } from '../../api/queries.ts'
import { Badge } from '../../parts/badges.tsx'
import { Empty } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { MaybeTime } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'
import { stateTones, type Task } from './task.ts'

function columns(t: Say): Column<Task>[] {
  return [
    {
      id: 'what',
      header: t('tasks.title'),
      width: 'minmax(14rem, 3fr)',
      narrow: 'title',
      cell: ({ id, description }) => (
        <Link to="/tasks/$taskId" params={{ taskId: id }} className="table-link">
          {description}
        </Link>
      ),
    },
    { id: 'at', header: t('tasks.at'), narrow: 'detail', cell: ({ approvalItems }) => approvalItems?.[0]?.application ?? '–' },
    { id: 'requester', header: t('tasks.requester'), cell: ({ requesterDisplayName }) => requesterDisplayName ?? '–' },
    {
      id: 'state',
      header: t('tasks.answer'),
      width: '10rem',
      narrow: 'aside',
      cell: ({ state }) => <Badge tone={stateTones[state]}>{t(`tasks.state.${state}`)}</Badge>,
    },
    {
      id: 'ended',
      header: t('tasks.endedAt'),
      width: '10rem',
      cell: ({ completed }) => <MaybeTime at={completed} form="relative" />,
    },
  ]
}

/** What became of earlier work. */
export function EndedTasks() {
  const t = useText()
  const rows = useRows('getCompletedWorkItems', { query: { ownerId: 'me' } })
  return (
    <Table
      label={t('tasks.ended')}
      columns={columns(t)}
      rows={rows}
      keyOf={({ id }) => id}
      empty={<Empty icon="tasks" title={t('tasks.endedNone')} />}
    />
  )
}
