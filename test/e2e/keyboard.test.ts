import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { tabTo } from '../support/keyboard.ts'
import { servers } from '../support/servers.ts'

/** What each page is for is done here without a mouse, on the organisation with its year. */
let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().yearUrl)
})
afterAll(() => portal.close())

async function press(page: Page, role: string, name: string | RegExp, key = 'Enter'): Promise<void> {
  await tabTo(page, role, name)
  await page.keyboard.press(key)
}

async function type(page: Page, role: string, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, role, name)
  await page.keyboard.type(text)
}

/** A field that finds people or items: some letters, and the first that is found. */
async function choose(page: Page, name: string | RegExp, text: string): Promise<void> {
  await type(page, 'combobox', name, text)
  await page
    .getByRole('option', { name: new RegExp(text, 'i') })
    .first()
    .waitFor()
  await page.keyboard.press('ArrowDown')
  await page.waitForFunction(() => document.activeElement?.hasAttribute('aria-activedescendant'))
  await page.keyboard.press('Enter')
}

/** A dialog that is open keeps the focus, and gives it back to what opened it when Escape closes it. */
async function trapsAndReturns(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  const isInside = () => dialog.evaluate((element) => element.contains(document.activeElement))
  for (let at = 0; at < 8; at++) {
    expect(await isInside(), `after ${at} times Tab`).toBe(true)
    await page.keyboard.press('Tab')
  }
  // A list that is open in it closes first.
  await page.keyboard.press('Escape')
  if ((await dialog.count()) > 0) await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement !== document.body)
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor()
const isFocused = (page: Page, role: 'button' | 'link', name: string | RegExp) =>
  expect
    .poll(() =>
      page
        .getByRole(role, { name })
        .first()
        .evaluate((element) => element === document.activeElement),
    )
    .toBe(true)

interface Act {
  what: string
  alias: string | null
  path: string
  act(page: Page): Promise<void>
}

const acts: Act[] = [
  {
    what: 'somebody signs in, and goes from home to what waits',
    alias: null,
    path: '/sign-in',
    act: async (page) => {
      await type(page, 'searchbox', 'Find a person or a department', 'mona')
      await press(page, 'button', /Mona Ellis/)
      await heading(page, 'Hello, Mona')
      await press(page, 'link', /^(Server Room Badge|Ledger Editors|Audit Readers)/)
      await page.waitForURL(/\/approvals\//)
    },
  },
  {
    what: 'access is found, asked for, looked at and cancelled',
    alias: 'emp.alice',
    path: '/request',
    act: async (page) => {
      await type(page, 'searchbox', 'What do you need?', 'github dev')
      await press(page, 'button', 'Add: put GitHub Developers into the basket')
      await press(page, 'link', 'Basket, 1 item')
      await heading(page, 'Your basket')
      await type(page, 'textbox', /^Why it is needed/, 'To work on the product')
      await press(page, 'button', 'Send the request')
      await heading(page, 'Sent')
      await press(page, 'link', 'GitHub Developers')
      await heading(page, 'Request for Alice Moreau')
      await press(page, 'button', 'Cancel the request')
      await trapsAndReturns(page)
      await isFocused(page, 'button', 'Cancel the request')
      await page.keyboard.press('Enter')
      await type(page, 'textbox', /^Reason/, 'Asked for by mistake')
      await press(page, 'button', 'Cancel the request')
      await page.getByText('Cancelled', { exact: true }).first().waitFor()
    },
  },
  {
    what: 'several approvals are agreed to at once',
    alias: 'tomas.berg',
    path: '/approvals?view=table',
    act: async (page) => {
      await press(page, 'checkbox', /^Select (?!all)/, 'Space')
      await press(page, 'button', 'Approve the selected')
      await trapsAndReturns(page)
      await isFocused(page, 'button', 'Approve the selected')
    },
  },
  {
    what: 'the end of what is held is put off',
    alias: 'emp.alice',
    path: '/access',
    act: async (page) => {
      await press(page, 'button', /VPN Access/)
      await page.getByRole('menu').waitFor()
      await page.keyboard.press('Enter')
      await trapsAndReturns(page)
      await isFocused(page, 'button', /VPN Access/)
    },
  },
  {
    what: 'a manager takes access away, with a reason',
    alias: 'mgr.one',
    path: '/team?q=Carol',
    act: async (page) => {
      await press(page, 'button', /VPN Access.*Carol|Carol.*VPN Access|Carol/)
      await page.getByRole('menuitem', { name: 'Remove' }).waitFor()
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      await type(page, 'textbox', /^Reason/, 'Changed teams')
      await press(page, 'button', 'Remove')
      await page.getByText(/is asked for/).waitFor()
    },
  },
  {
    what: 'requests are narrowed, chosen and about to be cancelled',
    alias: 'admin',
    path: '/admin/requests',
    act: async (page) => {
      await press(page, 'button', 'Any State')
      await page.getByRole('option', { name: 'In progress' }).waitFor()
      await page.keyboard.type('In p')
      await page.keyboard.press('Enter')
      await page.waitForURL(/state=EXECUTING/)
      await settled(page)
      await press(page, 'checkbox', /^Select (?!all)/, 'Space')
      await press(page, 'button', 'Cancel')
      await trapsAndReturns(page)
    },
  },
  {
    what: 'the record is searched',
    alias: 'admin',
    path: '/admin/search',
    act: async (page) => {
      await type(page, 'searchbox', /^Words/, 'alice')
      await page.keyboard.press('Enter')
      await page.waitForURL(/q=alice/)
      await press(page, 'link', 'Alice Moreau')
      await heading(page, 'Alice Moreau')
    },
  },
  {
    what: 'a group gets a member and loses it',
    alias: 'admin',
    path: '/admin/groups',
    act: async (page) => {
      await press(page, 'link', 'Security Board')
      await heading(page, 'Security Board')
      await press(page, 'button', 'Add a person')
      await choose(page, /^Who/, 'Alice')
      await press(page, 'button', /^Add/)
      await page.getByText('Alice Moreau is a member now.').waitFor()
    },
  },
  {
    what: 'somebody who is away gets a stand-in',
    alias: 'admin',
    path: '/admin/stand-ins',
    act: async (page) => {
      await press(page, 'button', 'New stand-in')
      await trapsAndReturns(page)
      await isFocused(page, 'button', 'New stand-in')
    },
  },
  {
    what: 'a policy stops and begins to be in force',
    alias: 'admin',
    path: '/admin/policies',
    act: async (page) => {
      await press(page, 'link', 'Nobody changes both the program and its data')
      await press(page, 'switch', 'Requests are checked against it', 'Space')
      await press(page, 'button', 'Save')
      await page.getByText(/^The policy is saved/).waitFor()
    },
  },
  {
    what: 'the reminders are set',
    alias: 'admin',
    path: '/admin/configuration',
    act: async (page) => {
      await tabTo(page, 'spinbutton', /^Then every/)
      await page.keyboard.press('ArrowUp')
      await press(page, 'button', 'Save')
      await page.getByText(/saved/i).first().waitFor()
    },
  },
  {
    what: 'a program gets a token',
    alias: 'emp.bob',
    path: '/profile',
    act: async (page) => {
      await press(page, 'button', 'New token')
      await type(page, 'textbox', /^Name/, 'for a script')
      await press(page, 'button', 'Make the token')
      await page.getByText('Copy the secret now.', { exact: false }).waitFor()
    },
  },
  {
    what: 'a plot is read as a table, and leads to its rows',
    alias: 'admin',
    path: '/insight',
    act: async (page) => {
      await press(page, 'button', 'As a table: Asked for')
      await page.getByRole('table').first().waitFor()
    },
  },
  {
    what: 'a source is looked at',
    alias: 'admin',
    path: '/admin/sources',
    act: async (page) => {
      await press(page, 'link', 'Corporate Directory')
      await heading(page, 'Corporate Directory')
    },
  },
  {
    what: 'the clock is moved on',
    alias: 'admin',
    path: '/admin/clock',
    act: async (page) => {
      await press(page, 'button', 'An hour')
      await page.getByText(/hour/).first().waitFor()
    },
  },
]

for (const { what, alias, path, act } of acts) {
  test(`by keyboard alone: ${what}`, async () => {
    const page = await portal.windowOf(alias)
    page.setDefaultTimeout(20_000)
    await portal.go(page, path)
    await act(page)
    expect(portal.complaints.splice(0)).toEqual([])
    await page.context().close()
  })
}
