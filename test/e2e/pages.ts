/** Every page of the portal, with somebody who may see it. `ready` is text that is there once the page is. */
export interface ShownPage {
  name: string
  path: string
  alias: string | null
}

export const pages: ShownPage[] = [
  { name: 'sign-in', path: '/sign-in', alias: null },
  { name: 'home', path: '/', alias: 'mgr.one' },
  { name: 'home, nothing there', path: '/', alias: 'ben.archer' },
  { name: 'profile', path: '/profile', alias: 'admin' },
  { name: 'request-center', path: '/request', alias: 'emp.alice' },
  { name: 'basket, empty', path: '/request/basket', alias: 'emp.alice' },
  { name: 'requests', path: '/requests?view=all', alias: 'emp.alice' },
  { name: 'approvals', path: '/approvals', alias: 'mgr.one' },
  { name: 'approvals, as a table', path: '/approvals?view=table', alias: 'mgr.one' },
  { name: 'approvals, decided', path: '/approvals?view=decided', alias: 'mgr.one' },
  { name: 'approvals, none', path: '/approvals', alias: 'ben.archer' },
  { name: 'my access', path: '/access', alias: 'emp.alice' },
  { name: 'my team', path: '/team', alias: 'mgr.one' },
  { name: 'tasks', path: '/tasks', alias: 'petra.holm' },
  { name: 'not found', path: '/no-such-page', alias: 'emp.alice' },
]
