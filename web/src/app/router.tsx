import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { adminRoutes } from './admin-routes.tsx'
import { root, signedIn, signIn, texts } from './entry.tsx'
import { RouteProblem } from './root.tsx'

const getParentRoute = () => signedIn

const home = createRoute({
  getParentRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/home/home-page.tsx'), 'HomePage'),
})
const profile = createRoute({
  getParentRoute,
  path: '/profile',
  component: lazyRouteComponent(() => import('../pages/profile/profile-page.tsx'), 'ProfilePage'),
})

const approvalsPage = lazyRouteComponent(() => import('../pages/approvals/approvals-page.tsx'), 'ApprovalsPage')
const approvals = createRoute({ getParentRoute, path: '/approvals', validateSearch: texts('view', 'sort'), component: approvalsPage })
const approval = createRoute({ getParentRoute, path: '/approvals/$approvalId', validateSearch: texts('sort'), component: approvalsPage })

const requests = createRoute({
  getParentRoute,
  path: '/requests',
  validateSearch: texts('view', 'sort'),
  component: lazyRouteComponent(() => import('../pages/requests/requests-page.tsx'), 'RequestsPage'),
})
const requestCenter = createRoute({
  getParentRoute,
  path: '/request',
  validateSearch: texts('q', 'types', 'application', 'source', 'owner', 'privileged', 'standing'),
  component: lazyRouteComponent(() => import('../pages/request/request-page.tsx'), 'RequestPage'),
})
const item = createRoute({
  getParentRoute,
  path: '/request/items/$itemId',
  component: lazyRouteComponent(() => import('../pages/request/item-page.tsx'), 'ItemPage'),
})
const basket = createRoute({
  getParentRoute,
  path: '/request/basket',
  component: lazyRouteComponent(() => import('../pages/request/basket-page.tsx'), 'BasketPage'),
})
const sent = createRoute({
  getParentRoute,
  path: '/request/sent',
  validateSearch: texts('ids', 'existing'),
  component: lazyRouteComponent(() => import('../pages/request/sent-page.tsx'), 'SentPage'),
})
const requestOfMine = createRoute({
  getParentRoute,
  path: '/requests/$requestId',
  component: lazyRouteComponent(() => import('../pages/requests/request-page.tsx'), 'RequestPage'),
})

const access = createRoute({
  getParentRoute,
  path: '/access',
  validateSearch: texts('q', 'types', 'sort'),
  component: lazyRouteComponent(() => import('../pages/access/access-page.tsx'), 'MyAccessPage'),
})
const team = createRoute({
  getParentRoute,
  path: '/team',
  validateSearch: texts('q', 'types', 'sort'),
  component: lazyRouteComponent(() => import('../pages/access/access-page.tsx'), 'MyTeamPage'),
})

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    profile,
    approvals,
    approval,
    requests,
    requestOfMine,
    requestCenter,
    item,
    basket,
    sent,
    access,
    team,
    ...adminRoutes,
  ]),
])

export const router = createRouter({
  routeTree,
  defaultErrorComponent: RouteProblem,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  // An address says what is on the page; it is read and written by people, too.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const query = new URLSearchParams(
      Object.entries(search).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    )
    const written = query.toString()
    return written === '' ? '' : `?${written}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
