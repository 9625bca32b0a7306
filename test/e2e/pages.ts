import type { Page } from 'playwright-core'
import type { Portal } from '../support/browser.ts'

/** Asks the API as the person of the page, for what an address has to name. */
export type Asked = (path: string) => Promise<ReturnType<typeof JSON.parse>>

/** Every page of the portal, with somebody who may see it. */
export interface ShownPage {
  name: string
  /** Its address; where that names something, how it is found. */
  path: string | ((ask: Asked) => Promise<string>)
  alias: string | null
  /** What is done before the page is there. */
  before?: (page: Page, ask: Asked) => Promise<void>
}

/** Does what comes before a page of the list, and returns its address. */
export async function findPath(portal: Portal, page: Page, { path, before }: Pick<ShownPage, 'path' | 'before'>): Promise<string> {
  const ask: Asked = (asked) => portal.call(page, 'GET', asked)
  await before?.(page, ask)
  return typeof path === 'string' ? path : path(ask)
}

/** Opens a page of the list in a window and waits until it is there. */
export async function openPage(portal: Portal, page: Page, shown: Pick<ShownPage, 'path' | 'before'>): Promise<void> {
  await portal.go(page, await findPath(portal, page, shown))
}

const first = async (ask: Asked, path: string): Promise<ReturnType<typeof JSON.parse>> => {
  const answer = await ask(path)
  const [row] = Array.isArray(answer) ? answer : (answer.items ?? answer.data ?? [])
  if (row === undefined) throw new Error(`${path} is empty`)
  return row
}
const items = '/countersign/v1/request-center/items'
const anItem = async (ask: Asked, words: string) => first(ask, `${items}?q=${encodeURIComponent(words)}`)
const personId = async (ask: Asked, alias: string) => (await first(ask, `/v2025/public-identities?filters=alias eq "${alias}"`)).id

/** Puts two items for two people into the basket of whoever the page is. */
async function fillBasket(page: Page, ask: Asked): Promise<void> {
  const { person } = await ask('/countersign/v1/session')
  const lines = [await anItem(ask, 'Ledger Editors'), await anItem(ask, 'Production Database Admins')].map(({ type, id, name }) => ({
    ...{ type, id, name, startDay: '', endDay: '', accounts: {} },
    comment: 'For the figures of the quarter',
  }))
  const people: { id: string; name: string }[] = await ask('/countersign/v1/request-center/people')
  const recipients = [person, ...people.filter(({ id }) => id !== person.id).slice(0, 1)].map(({ id, name }) => ({ id, name }))
  const kept = [`countersign.basket.${person.id}`, JSON.stringify({ recipients, lines })] as const
  await page.addInitScript(([name, value]) => localStorage.setItem(name, value), kept)
}

export const pages: ShownPage[] = [
  { name: 'sign-in', path: '/sign-in', alias: null },
  { name: 'home', path: '/', alias: 'mgr.one' },
  { name: 'home, nothing there', path: '/', alias: 'ben.archer' },
  { name: 'profile', path: '/profile', alias: 'admin' },
  { name: 'request-center', path: '/request', alias: 'emp.alice' },
  { name: 'request-center, searched', path: '/request?q=ledger', alias: 'mgr.one' },
  { name: 'an item', path: async (ask) => `/request/items/${(await anItem(ask, 'Production Database Admins')).id}`, alias: 'emp.alice' },
  { name: 'an item that is not there', path: '/request/items/0123456789abcdef0123456789abcdef', alias: 'emp.alice' },
  { name: 'basket, empty', path: '/request/basket', alias: 'emp.alice' },
  { name: 'basket', path: '/request/basket', alias: 'mgr.one', before: fillBasket },
  {
    name: 'sent',
    path: async (ask) =>
      `/request/sent?ids=${(await ask('/v2025/access-request-status?requested-by=me&limit=4')).map((row: { accessRequestId: string }) => row.accessRequestId).join(',')}`,
    alias: 'emp.alice',
  },
  { name: 'requests', path: '/requests?view=all', alias: 'emp.alice' },
  { name: 'requests, open', path: '/requests', alias: 'emp.alice' },
  {
    name: 'a request',
    path: async (ask) => `/requests/${(await first(ask, '/v2025/access-request-status?requested-by=me')).accessRequestId}`,
    alias: 'emp.alice',
  },
  { name: 'approvals', path: '/approvals', alias: 'mgr.one' },
  {
    name: 'an approval',
    path: async (ask) => `/approvals/${(await first(ask, '/v2025/access-request-approvals/pending')).id}`,
    alias: 'mgr.one',
  },
  { name: 'approvals, as a table', path: '/approvals?view=table', alias: 'mgr.one' },
  { name: 'approvals, decided', path: '/approvals?view=decided', alias: 'mgr.one' },
  { name: 'approvals, none', path: '/approvals', alias: 'ben.archer' },
  { name: 'my access', path: '/access', alias: 'emp.alice' },
  { name: 'my team', path: '/team', alias: 'mgr.one' },
  { name: 'tasks', path: '/tasks', alias: 'petra.holm' },
  { name: 'a task', path: async (ask) => `/tasks/${(await first(ask, '/v2025/work-items')).id}`, alias: 'petra.holm' },
  { name: 'tasks, of everybody', path: '/tasks?view=all', alias: 'admin' },
  { name: 'tasks, ended', path: '/tasks?view=ended', alias: 'petra.holm' },
  { name: 'insight', path: '/insight', alias: 'admin' },
  { name: 'insight, of a team', path: '/insight', alias: 'mgr.one' },
  { name: 'insight, for nobody', path: '/insight', alias: 'emp.alice' },
  { name: 'behind a bar: requests', path: '/insight/rows?of=requests', alias: 'admin' },
  { name: 'behind a bar: decisions', path: '/insight/rows?of=decisions', alias: 'admin' },
  { name: 'behind a bar: what ends', path: '/insight/rows?of=ending', alias: 'admin' },
  { name: 'behind a bar: open approvals', path: '/insight/rows?of=pending', alias: 'admin' },
  { name: 'behind a bar: changes at targets', path: '/insight/rows?of=provisioning', alias: 'admin' },
  { name: 'all requests', path: '/admin/requests', alias: 'admin' },
  { name: 'all requests, stuck', path: '/admin/requests?view=stuck', alias: 'admin' },
  {
    name: 'one of all requests',
    path: async (ask) => `/admin/requests/${(await first(ask, '/v2025/access-request-status')).accessRequestId}`,
    alias: 'admin',
  },
  { name: 'search, people', path: '/admin/search', alias: 'admin' },
  { name: 'search, the record', path: '/admin/search?index=events', alias: 'admin' },
  { name: 'search, account activities', path: '/admin/search?index=accountactivities', alias: 'admin' },
  { name: 'people', path: '/admin/people', alias: 'admin' },
  { name: 'a person', path: async (ask) => `/admin/people/${await personId(ask, 'emp.alice')}`, alias: 'admin' },
  { name: 'items', path: '/admin/items', alias: 'admin' },
  { name: 'items, entitlements', path: '/admin/items?kind=entitlements', alias: 'admin' },
  {
    name: 'an access profile and who must agree',
    path: async (ask) => `/admin/items/access-profile/${(await first(ask, '/v2025/access-profiles')).id}`,
    alias: 'admin',
  },
  { name: 'a role and who must agree', path: async (ask) => `/admin/items/role/${(await first(ask, '/v2025/roles')).id}`, alias: 'admin' },
  {
    name: 'an entitlement and who must agree',
    path: async (ask) => `/admin/items/entitlement/${(await first(ask, '/v2025/entitlements')).id}`,
    alias: 'admin',
  },
  { name: 'governance groups', path: '/admin/groups', alias: 'admin' },
  { name: 'a governance group', path: async (ask) => `/admin/groups/${(await first(ask, '/v2025/workgroups')).id}`, alias: 'admin' },
  { name: 'separation of duties', path: '/admin/policies', alias: 'admin' },
  { name: 'a policy', path: async (ask) => `/admin/policies/${(await first(ask, '/v2025/sod-policies')).id}`, alias: 'admin' },
  { name: 'a new policy', path: '/admin/policies/new', alias: 'admin' },
  { name: 'sources', path: '/admin/sources', alias: 'admin' },
  { name: 'a source', path: async (ask) => `/admin/sources/${(await first(ask, '/countersign/v1/sources')).id}`, alias: 'admin' },
  { name: 'stand-ins', path: '/admin/stand-ins', alias: 'admin' },
  { name: 'configuration', path: '/admin/configuration', alias: 'admin' },
  { name: 'configuration, requests', path: '/admin/configuration?view=requests', alias: 'admin' },
  { name: 'configuration, entitlements', path: '/admin/configuration?view=entitlements', alias: 'admin' },
  { name: 'clock', path: '/admin/clock', alias: 'admin' },
  { name: 'administration, for somebody else', path: '/admin/requests', alias: 'emp.alice' },
  { name: 'not found', path: '/no-such-page', alias: 'emp.alice' },
]
