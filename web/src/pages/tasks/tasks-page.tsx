import { useParams, useSearch } from '@tanstack/react-router'
import { useCall } from '../../api/queries.ts'
import { useMe } from '../../api/session.ts'
import { Page } from '../../parts/page.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { useText } from '../../text/text.tsx'
import { EndedTasks } from './ended-tasks.tsx'
import { TaskInbox } from './task-inbox.tsx'

/** Manual work that waits for somebody, and what became of earlier work. */
export function TasksPage() {
  const t = useText()
  const me = useMe()
  const { view } = useSearch({ strict: false }) as { view?: string }
  const { taskId } = useParams({ strict: false }) as { taskId?: string }
  const summary = useCall('getWorkItemsSummary', { query: { ownerId: 'me' } })
  const isEnded = view === 'ended'
  const isAll = view === 'all' && me.isAdmin
  return (
    <Page wide title={t('tasks.title')} about={t('tasks.about')}>
      <Tabs
        label={t('tasks.views')}
        tabs={[
          { name: t('tasks.open'), link: { to: '/tasks' }, isCurrent: !isEnded && !isAll, count: summary.data?.open },
          ...(me.isAdmin
            ? [{ name: t('tasks.everybodys'), link: { to: '/tasks', search: { view: 'all' } } as const, isCurrent: isAll }]
            : []),
          { name: t('tasks.ended'), link: { to: '/tasks', search: { view: 'ended' } }, isCurrent: isEnded },
        ]}
      />
      {isEnded ? <EndedTasks /> : <TaskInbox key={String(isAll)} isAll={isAll} openId={taskId} />}
    </Page>
  )
}
