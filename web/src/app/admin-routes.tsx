import { createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { useMe } from '../api/session.ts'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { useText } from '../text/text.tsx'
import { signedIn, texts } from './entry.tsx'

/** The pages of those who run the tenant, and of manual work. */

const tasksPage = lazyRouteComponent(() => import('../pages/tasks/tasks-page.tsx'), 'TasksPage')
const ofEverybody = () => signedIn
const tasks = createRoute({ getParentRoute: ofEverybody, path: '/tasks', validateSearch: texts('view'), component: tasksPage })
const task = createRoute({ getParentRoute: ofEverybody, path: '/tasks/$taskId', validateSearch: texts('view'), component: tasksPage })

/** Whoever comes here by a link without the right to is told so, instead of being shown one refusal after the other. */
const administrators = createRoute({ getParentRoute: () => signedIn, id: 'administrators', component: ForAdministrators })
const getParentRoute = () => administrators

function ForAdministrators() {
  const t = useText()
  const { isAdmin } = useMe()
  if (isAdmin) return <Outlet />
  return (
    <Page title={t('admin.only')}>
      <Empty icon="shield" title={t('admin.only')}>
        {t('admin.onlyText')}
      </Empty>
    </Page>
  )
}

const requests = createRoute({
  getParentRoute,
  path: '/admin/requests',
  validateSearch: texts('view', 'state', 'for', 'by', 'waits', 'from', 'until', 'sort'),
  component: lazyRouteComponent(() => import('../pages/admin/requests/all-requests-page.tsx'), 'AllRequestsPage'),
})

const request = createRoute({
  getParentRoute,
  path: '/admin/requests/$requestId',
  component: lazyRouteComponent(() => import('../pages/admin/requests/one-request-page.tsx'), 'OneRequestPage'),
})

export const adminRoutes = [tasks, task, administrators.addChildren([requests, request])] as const
