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

const insight = createRoute({
  getParentRoute: ofEverybody,
  path: '/insight',
  validateSearch: texts('span', 'whose'),
  component: lazyRouteComponent(() => import('../pages/insight/insight-page.tsx'), 'InsightPage'),
})
const insightRows = createRoute({
  getParentRoute: ofEverybody,
  path: '/insight/rows',
  validateSearch: texts('of', 'whose', 'from', 'to', 'moment', 'item', 'approver', 'source', 'states', 'older', 'younger', 'sort'),
  component: lazyRouteComponent(() => import('../pages/insight/rows-page.tsx'), 'RowsPage'),
})

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
  validateSearch: texts('view', 'state', 'for', 'by', 'waits', 'from', 'until', 'sort', 'columns', 'longer'),
  component: lazyRouteComponent(() => import('../pages/admin/requests/all-requests-page.tsx'), 'AllRequestsPage'),
})

const request = createRoute({
  getParentRoute,
  path: '/admin/requests/$requestId',
  component: lazyRouteComponent(() => import('../pages/admin/requests/one-request-page.tsx'), 'OneRequestPage'),
})

const configuration = createRoute({
  getParentRoute,
  path: '/admin/configuration',
  validateSearch: texts('view'),
  component: lazyRouteComponent(() => import('../pages/admin/configuration/configuration-page.tsx'), 'ConfigurationPage'),
})

const items = createRoute({
  getParentRoute,
  path: '/admin/items',
  validateSearch: texts('kind', 'q', 'requestable', 'sort'),
  component: lazyRouteComponent(() => import('../pages/admin/items/items-page.tsx'), 'ItemsPage'),
})
const item = createRoute({
  getParentRoute,
  path: '/admin/items/$kind/$itemId',
  component: lazyRouteComponent(() => import('../pages/admin/items/item-page.tsx'), 'ItemPage'),
})
const people = createRoute({
  getParentRoute,
  path: '/admin/people',
  validateSearch: texts('q', 'sort'),
  component: lazyRouteComponent(() => import('../pages/admin/people/people-page.tsx'), 'PeoplePage'),
})
const person = createRoute({
  getParentRoute,
  path: '/admin/people/$personId',
  component: lazyRouteComponent(() => import('../pages/admin/people/person-page.tsx'), 'PersonPage'),
})
const groups = createRoute({
  getParentRoute,
  path: '/admin/groups',
  validateSearch: texts('q', 'sort'),
  component: lazyRouteComponent(() => import('../pages/admin/groups/groups-page.tsx'), 'GroupsPage'),
})
const group = createRoute({
  getParentRoute,
  path: '/admin/groups/$groupId',
  validateSearch: texts('sort'),
  component: lazyRouteComponent(() => import('../pages/admin/groups/group-page.tsx'), 'GroupPage'),
})
const policies = createRoute({
  getParentRoute,
  path: '/admin/policies',
  validateSearch: texts('sort'),
  component: lazyRouteComponent(() => import('../pages/admin/policies/policies-page.tsx'), 'PoliciesPage'),
})
const policy = createRoute({
  getParentRoute,
  path: '/admin/policies/$policyId',
  component: lazyRouteComponent(() => import('../pages/admin/policies/policy-page.tsx'), 'PolicyPage'),
})
const sources = createRoute({
  getParentRoute,
  path: '/admin/sources',
  component: lazyRouteComponent(() => import('../pages/admin/sources/sources-page.tsx'), 'SourcesPage'),
})
const source = createRoute({
  getParentRoute,
  path: '/admin/sources/$sourceId',
  component: lazyRouteComponent(() => import('../pages/admin/sources/source-page.tsx'), 'SourcePage'),
})
const standIns = createRoute({
  getParentRoute,
  path: '/admin/stand-ins',
  component: lazyRouteComponent(() => import('../pages/admin/stand-ins/stand-ins-page.tsx'), 'StandInsPage'),
})
const clock = createRoute({
  getParentRoute,
  path: '/admin/clock',
  component: lazyRouteComponent(() => import('../pages/admin/clock/clock-page.tsx'), 'ClockPage'),
})

const search = createRoute({
  getParentRoute,
  path: '/admin/search',
  validateSearch: texts('index', 'q', 'sort', 'columns'),
  component: lazyRouteComponent(() => import('../pages/admin/search/search-page.tsx'), 'SearchPage'),
})

const onlyForAdministrators = [
  search,
  requests,
  request,
  configuration,
  items,
  item,
  people,
  person,
  groups,
  group,
  policies,
  policy,
  sources,
  source,
  standIns,
  clock,
] as const

export const adminRoutes = [tasks, task, insight, insightRows, administrators.addChildren(onlyForAdministrators)] as const
