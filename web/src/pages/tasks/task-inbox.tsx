import { Link, useNavigate } from '@tanstack/react-router'
import { useCall, usePage } from '../../api/queries.ts'
import { Icon } from '../../parts/icon.tsx'
import { useShortcuts } from '../../parts/shortcuts.tsx'
import { Empty, Problem, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import type { Task } from './task.ts'
import { TaskCard } from './task-card.tsx'

const onePage = 50

/** The tasks that wait, and beside them the one that is open. */
export function TaskInbox({ isAll, openId }: { isAll: boolean; openId: string | undefined }) {
  const t = useText()
  const query = { ...(isAll ? {} : { ownerId: 'me' }), limit: onePage, count: true }
  const list = usePage('listWorkItems', { query }, { keep: true })
  return (
    <Shown query={list} rows={8}>
      {({ rows, total = rows.length }) => (
        <>
          {list.error ? <Problem error={list.error} inline /> : null}
          {rows.length === 0 && openId === undefined ? (
            <Empty icon="tasks" title={isAll ? t('tasks.noneOfAll') : t('tasks.none')}>
              {t('tasks.noneText')}
            </Empty>
          ) : (
            <Panes rows={rows} total={total} openId={openId} isAll={isAll} />
          )}
        </>
      )}
    </Shown>
  )
}

interface PanesProps {
  rows: Task[]
  total: number
  openId: string | undefined
  isAll: boolean
}

function Panes({ rows, total, openId, isAll }: PanesProps) {
  const t = useText()
  const navigate = useNavigate()
  const search = isAll ? { view: 'all' } : {}
  const at = openId === undefined ? 0 : rows.findIndex(({ id }) => id === openId)
  const [current, next, previous] = [rows[at], rows[at + 1], at > 0 ? rows[at - 1] : undefined]
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
        <p className="muted inbox-tools">{t('tasks.shown', { shown: rows.length, total })}</p>
        <ul>
          {rows.map((task) => (
            <li key={task.id}>
              <TaskRow task={task} isOpen={task.id === current?.id} isAll={isAll} />
            </li>
          ))}
        </ul>
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

/** A task that is not on the first page of the list, or is not open any more. */
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
