import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Debian's name for it; a machine that has it elsewhere says so. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

export const wide = { width: 1920, height: 1080 }
export const narrow = { width: 375, height: 812 }

export interface Looking {
  viewport?: { width: number; height: number }
  colorScheme?: 'light' | 'dark'
  locale?: string
  timezoneId?: string
}

/** A browser on the product at an address, and the people who look at it. */
export class Portal {
  readonly url: string
  readonly browser: Browser
  /** What a page complained of while it was looked at. */
  readonly complaints: string[] = []

  private constructor(url: string, browser: Browser) {
    this.url = url
    this.browser = browser
  }

  static async open(url: string): Promise<Portal> {
    // As root, as in a container, Chromium has no sandbox of its own to offer.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    return new Portal(url, await chromium.launch({ executablePath, args }))
  }

  async close(): Promise<void> {
    await this.browser.close()
  }

  /** A window of its own, of somebody by alias; null for nobody. */
  async windowOf(alias: string | null, looking: Looking = {}): Promise<Page> {
    return this.tabIn(await this.contextOf(alias, looking))
  }

  /** A browser of its own, of somebody by alias; null for nobody. */
  async contextOf(alias: string | null, looking: Looking = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Zurich',
      viewport: { width: 1280, height: 900 },
      ...looking,
    })
    if (alias !== null) await this.be(context, alias)
    return context
  }

  /** One more page in a browser, of which everything it complains of is kept. */
  async tabIn(context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // An answer that is not 200 is told by the browser, too; the page shows it in its own way.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.complaints.push(`${page.url()}: ${message.text()}`)
    })
    return page
  }

  /** Lets a window be somebody, as the sandbox allows. */
  async be(context: BrowserContext, alias: string): Promise<void> {
    const people = (await (await context.request.get(`${this.url}/countersign/v1/sandbox/people?limit=250`)).json()) as {
      id: string
      alias: string
    }[]
    const person = people.find((one) => one.alias === alias)
    if (!person) throw new Error(`the organisation has no ${alias}`)
    const answer = await context.request.post(`${this.url}/countersign/v1/sandbox/session`, {
      data: { personId: person.id },
      headers: { origin: this.url },
    })
    if (!answer.ok()) throw new Error(`nobody may be ${alias}: ${await answer.text()}`)
  }

  /** Calls the API as the person of a window, as the page itself would. */
  async call(page: Page, method: string, path: string, body?: unknown): Promise<ReturnType<typeof JSON.parse>> {
    const options = { method, headers: { origin: this.url }, ...(body === undefined ? {} : { data: body }) }
    const answer = await page.context().request.fetch(`${this.url}${path}`, options)
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path} answers ${answer.status()}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  /** Goes to a page and waits until nothing on it is still on its way. */
  async go(page: Page, path: string): Promise<void> {
    await page.goto(`${this.url}${path}`)
    await settled(page)
  }
}

/** Waits until a page shows what it is about, and nothing on it is still on its way. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => document.querySelector('.loading, .skeleton, .skeleton-row, [aria-busy=true]') === null)
  await page.evaluate(endOfTransitions)
}

/** In the page: a colour that is changing is neither the old one nor the new. Two frames, because what has just changed begins with the next. */
async function endOfTransitions(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise((next) => requestAnimationFrame(next))
  await Promise.allSettled(document.getAnimations().flatMap((one) => (one instanceof CSSTransition ? [one.finished] : [])))
}

/** What the accessibility rules find on a page, each with the elements; empty when nothing is wrong. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    interface Found {
      violations: { id: string; help: string; nodes: { target: unknown[]; html: string }[] }[]
    }
    const page = globalThis as unknown as { axe: { run(): Promise<Found> } }
    const { violations } = await page.axe.run()
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `    ${html.slice(0, 200)}`).join('\n')}`)
  })
}

/** By how many pixels a page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
