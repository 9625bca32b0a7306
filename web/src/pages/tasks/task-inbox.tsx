import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useCall } from '../../api/queries.ts'
import { useRows } from '../../api/rows.ts'
import { fitting, type Growing, GrowingList, useGrowing } from '../../parts/growing-list.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useShortcuts } from '../../parts/shortcuts.tsx'
import { Empty, Loading, Problem, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import type { Task } from './task.ts'
import { TaskCard } from './task-card.tsx'

/** One line of the list, in pixels. */
const lineHeight = 68

/** The tasks that wait, and beside them the one that is open. */
export function TaskInbox({ isAll, openId }: { isAll: boolean; openId: string | undefined }) {
  const t = useText()
  const rows = useRows('listWorkItems', { query: isAll ? {} : { ownerId: 'me' } })
  const growing = useGrowing(rows, fitting(lineHeight))
  const { total } = growing
  if (total === undefined) return rows.error ? <Problem error={rows.error} onRetry={rows.refetch} /> : <Loading rows={8} />
  return (
    <>
      {rows.error ? <Problem error={rows.error} inline /> : null}
      {total === 0 && openId === undefined ? (
        <Empty icon="tasks" title={isAll ? t('tasks.noneOfAll') : t('tasks.none')}>
          {t('tasks.noneText')}
        </Empty>
      ) : (
        <Panes growing={growing} total={total} openId={openId} isAll={isAll} />
      )}
    </>
  )
}

interface PanesProps {
  growing: Growing<Task>
  total: number
  openId: string | undefined
  isAll: boolean
}

function Panes({ growing, total, openId, isAll }: PanesProps) {
  const t = useText()
  const navigate = useNavigate()
  const search = isAll ? { view: 'all' } : {}
  const { there, reach } = growing
  const at = openId === undefined ? 0 : there.findIndex(({ id }) => id === openId)
  useEffect(() => reach(at + 3), [reach, at])
  const [current, next, previous] = [there[at], there[at + 1], at > 0 ? there[at - 1] : undefined]
  const open = (id: string | undefined, replace = false) => {
    if (id !== undefined) void navigate({ to: '/tasks/$taskId', params: { taskId: id }, search, replace })
    else if (replace) void navigate({ to: '/tasks', search, replace })
  }
  useShortcuts('tasks.title', [
    { keys: 'j', text: 'tasks.keyNext', run: () => open(next?.id) },
    { keys: 'k', text: 'tasks.keyPrevious', run: () => open(previous?.id) },
  ])
  const onEnded = () => open(next?.id ?? previous?.id, true)
  return (
    <div className={openId === undefined ? 'inbox' : 'inbox inbox-open'}>
      <section className="inbox-list" aria-label={t('tasks.list')}>
        <p className="muted inbox-tools">{t('tasks.waitingCount', { count: total })}</p>
        <GrowingList growing={growing} keyOf={({ id }) => id}>
          {(task) => <TaskRow task={task} isOpen={task.id === current?.id} isAll={isAll} />}
        </GrowingList>
      </section>
      <div className="inbox-detail">
        <Link to="/tasks" search={search} className="inbox-back">
          {t('tasks.back')}
        </Link>
        {current ? (
          <TaskCard key={current.id} task={current} onEnded={onEnded} />
        ) : openId === undefined ? null : (
          <Elsewhere key={openId} taskId={openId} onEnded={onEnded} />
        )}
      </div>
    </div>
  )
}

/** A task that is further down the list, or is not open any more. */
function Elsewhere({ taskId, onEnded }: { taskId: string; onEnded(): void }) {
  const t = useText()
  const found = useCall('getWorkItem', { params: { id: taskId } })
  if (found.error) return <Problem error={found.error} />
  return (
    <Shown query={found}>
      {(task) => (task ? <TaskCard task={task} onEnded={onEnded} /> : <Empty icon="tasks" title={t('tasks.gone')} />)}
    </Shown>
  )
}

function TaskRow({ task, isOpen, isAll }: { task: Task; isOpen: boolean; isAll: boolean }) {
  const change = task.approvalItems?.[0]
  return (
    <Link
      to="/tasks/$taskId"
      params={{ taskId: task.id }}
      search={isAll ? { view: 'all' } : {}}
      className="inbox-row"
      activeProps={{}}
      {...(isOpen ? { 'aria-current': 'true' as const } : { 'aria-current': undefined })}
    >
      <span className="kind-mark" aria-hidden="true">
        <Icon name={change?.operation === 'Remove' ? 'minus' : 'plus'} size={18} />
      </span>
      <span className="inbox-row-main">
        <span className="inbox-row-person">
          {[isAll ? task.ownerName : change?.application, change?.account].filter(Boolean).join(' · ')}
        </span>
        <span className="inbox-row-item">{change?.value ?? task.name}</span>
      </span>
      <span className="inbox-row-aside muted">
        <Time at={task.created} form="relative" />
      </span>
    </Link>
  )
}
