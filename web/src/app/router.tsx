import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { answers } from '../api/queries.ts'
import { sessionQuery } from '../api/session.ts'
import { NotFound, Root, RouteProblem } from './root.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Root, notFoundComponent: NotFound })

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
/** Keeps the named texts of an address and drops whatever else stands there. */
const texts =
  <const Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [K in Name]?: string } =>
    Object.fromEntries(names.flatMap((name) => (text(search[name]) === undefined ? [] : [[name, text(search[name])]]))) as {
      [K in Name]?: string
    }

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('to', 'failed'),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
})

/** Everything that is shown only to people who are signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const { person } = await answers.fetchQuery(sessionQuery)
    if (person === null) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
  },
})
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
const approvals = createRoute({ getParentRoute, path: '/approvals', validateSearch: texts('view'), component: approvalsPage })
const approval = createRoute({ getParentRoute, path: '/approvals/$approvalId', component: approvalsPage })

const requests = createRoute({
  getParentRoute,
  path: '/requests',
  validateSearch: texts('view', 'sort'),
  component: lazyRouteComponent(() => import('../pages/requests/requests-page.tsx'), 'RequestsPage'),
})
const routeTree = root.addChildren([signIn, signedIn.addChildren([home, profile, approvals, approval, requests])])

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
