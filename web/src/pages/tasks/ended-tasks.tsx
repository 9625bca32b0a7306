import { Link } from '@tanstack/react-router'
import { allRows } from '../../api/all-rows.ts'
import { useRows } from '../../api/rows.ts'
import { Badge } from '../../parts/badges.tsx'
import { Empty } from '../../parts/states.tsx'
import type { Column } from '../../parts/table.tsx'
import { TableWithFile } from '../../parts/table-with-file.tsx'
import { MaybeTime } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'
import { stateTones, type Task, taskSentence } from './task.ts'

function columns(t: Say): Column<Task>[] {
  return [
    {
      id: 'what',
      header: t('tasks.title'),
      width: 'minmax(14rem, 3fr)',
      narrow: 'title',
      cell: (task) => (
        <Link to="/tasks/$taskId" params={{ taskId: task.id }} className="table-link">
          {taskSentence(t, task)}
        </Link>
      ),
      text: (task) => taskSentence(t, task),
    },
    {
      id: 'at',
      header: t('tasks.at'),
      narrow: 'detail',
      cell: ({ approvalItems }) => approvalItems?.[0]?.application ?? '–',
      text: ({ approvalItems }) => approvalItems?.[0]?.application,
    },
    {
      id: 'requester',
      header: t('tasks.requester'),
      cell: ({ requesterDisplayName }) => requesterDisplayName ?? '–',
      text: ({ requesterDisplayName }) => requesterDisplayName,
    },
    {
      id: 'state',
      header: t('tasks.answer'),
      width: '10rem',
      narrow: 'aside',
      cell: ({ state }) => <Badge tone={stateTones[state]}>{t(`tasks.state.${state}`)}</Badge>,
      text: ({ state }) => state,
    },
    {
      id: 'ended',
      header: t('tasks.endedAt'),
      width: '10rem',
      cell: ({ completed }) => <MaybeTime at={completed} form="relative" />,
      text: ({ completed }) => completed,
    },
  ]
}

/** What became of earlier work. */
export function EndedTasks() {
  const t = useText()
  const input = { query: { ownerId: 'me' } }
  const rows = useRows('getCompletedWorkItems', input)
  return (
    <TableWithFile
      label={t('tasks.ended')}
      file="ended-tasks"
      columns={columns(t)}
      rows={rows}
      load={() => allRows('getCompletedWorkItems', input)}
      keyOf={({ id }) => id}
      empty={<Empty icon="tasks" title={t('tasks.endedNone')} />}
    />
  )
}
