import { createRootRoute, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { answers } from '../api/queries.ts'
import { sessionQuery } from '../api/session.ts'
import { NotFound, Root } from './root.tsx'
import { Shell } from './shell.tsx'

/** Around everything. */
export const root = createRootRoute({ component: Root, notFoundComponent: NotFound })

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
/** Keeps the named texts of an address and drops whatever else stands there. */
export const texts =
  <const Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [K in Name]?: string } =>
    Object.fromEntries(names.flatMap((name) => (text(search[name]) === undefined ? [] : [[name, text(search[name])]]))) as {
      [K in Name]?: string
    }

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('return', 'problem', 'tracking'),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
})

/** Everything that is shown only to people who are signed in. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const { person } = await answers.fetchQuery(sessionQuery)
    if (person === null) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { return: location.href } })
  },
})
