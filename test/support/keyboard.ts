import type { Page } from 'playwright-core'

/** A table of hundreds of rows has as many stops; what is beyond these is like what was before. */
const mostStops = 120

/** What the keyboard comes to on a page, in its order, and what is wrong about it. */
export interface Walk {
  stops: string[]
  problems: string[]
}

/**
 * Walks through a page with Tab from its beginning. Everything that can be pressed or typed into must be come to, in the order in which it is
 * read, be seen to have the focus, and not lie under something else.
 */
export async function walk(page: Page): Promise<Walk> {
  await page.evaluate(prepare)
  await page.evaluate(begin)
  const stops: string[] = []
  const problems: string[] = []
  while (stops.length < mostStops) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(look)
    if (stop === undefined) return { stops, problems: [...problems, ...(await page.evaluate(missed))] }
    if (stop === 'again') continue
    stops.push(stop.name)
    problems.push(...stop.problems.map((problem) => `${stop.name}: ${problem}`))
  }
  return { stops, problems }
}

/** Goes back with Shift and Tab from what has the focus, at most so many times; returns what was come to and lay under something else. */
export async function walkBack(page: Page, steps: number): Promise<Walk> {
  await page.evaluate(prepare)
  const stops: string[] = []
  const problems: string[] = []
  for (let at = 0; at < steps; at++) {
    await page.keyboard.press('Shift+Tab')
    const stop = await page.evaluate(seen)
    if (stop === undefined) break
    stops.push(stop.name)
    problems.push(...stop.problems)
  }
  return { stops, problems }
}

/** What lies over what has the focus; nothing when it is seen. */
export async function coverOfFocus(page: Page): Promise<string[]> {
  await page.evaluate(prepare)
  return (await page.evaluate(seen))?.problems ?? ['nothing has the focus']
}

/** Presses Tab until something has the focus; throws with everything that was come to when it is not among it. */
export async function tabTo(page: Page, role: string, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role as Parameters<Page['getByRole']>[0], { name, exact: typeof name === 'string' })
  await wanted.first().waitFor()
  for (let at = 0; at < mostStops; at++) {
    const matches = await wanted.evaluateAll((all) => all.some((one) => one === document.activeElement))
    if (matches) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to the ${role} ${String(name)}`)
}

interface Stop {
  name: string
  problems: string[]
}

/** What is kept in the page between two steps. */
interface Walking {
  walked: Set<Element>
  last: Element | undefined
  nameOf(one: Element): string
  /** What lies over it where the eye looks for it; null where it is out of sight, undefined where nothing does. */
  coverOf(one: Element): Element | null | undefined
  /** What is told of a stop, when the next may be gone to: rows of a long table are drawn as they come into sight, and nobody's fingers are faster. */
  whenDrawn<Told>(told: Told): Told | Promise<Told>
}

/** In the page: begins where every reader does. A browser goes on from where the focus was last, also when that has gone. */
function begin(): void {
  const start = document.createElement('span')
  start.tabIndex = -1
  document.body.prepend(start)
  start.focus()
  start.remove()
  window.scrollTo(0, 0)
}

/** In the page: what is asked at every step. */
function prepare(): void {
  const walking: Walking = {
    walked: new Set(),
    last: undefined,
    nameOf: (one) => {
      const text = one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? one.textContent ?? ''
      return `${one.getAttribute('role') ?? one.tagName.toLowerCase()} "${text.trim().slice(0, 40)}"`
    },
    coverOf: (one) => {
      const label = one.closest('label')
      const { left, top, width, height } = (label ?? one).getBoundingClientRect()
      const over = document.elementFromPoint(left + Math.min(width / 2, 40), top + height / 2)
      return over !== null && (one.contains(over) || over.contains(one) || label?.contains(over)) ? undefined : over
    },
    whenDrawn: (told) => {
      const rows = document.activeElement?.closest('.table-body')
      if (!rows) return told
      return new Promise((resolve) => {
        const until = performance.now() + 10_000
        const later = () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(check)))
        // Rows that are drawn may still wait for what they hold.
        const check = () => (rows.querySelector('.skeleton-row') && performance.now() < until ? later() : resolve(told))
        later()
      })
    },
  }
  Object.assign(window, { walking })
}

/** In the page: whether what has the focus is seen. */
function seen(): Stop | Promise<Stop> | undefined {
  const { walking } = window as unknown as { walking: Walking }
  const one = document.activeElement
  if (one === null || one === document.body) return undefined
  const over = walking.coverOf(one)
  const name = walking.nameOf(one)
  const problems = over === undefined ? [] : [`${name} lies under ${over === null ? 'the edge of the window' : walking.nameOf(over)}`]
  return walking.whenDrawn({ name, problems })
}

/** In the page: what has the focus now, undefined when the walk is over, and what is wrong about it. */
function look(): Stop | Promise<Stop> | 'again' | undefined {
  const { walking } = window as unknown as { walking: Walking }
  const one = document.activeElement
  // A date is three fields to the keyboard and one element to us.
  if (one instanceof HTMLInputElement && one === walking.last && /^(date|time)/.test(one.type)) return 'again'
  if (one === null || one === document.body || walking.walked.has(one)) return undefined
  const problems: string[] = []
  const { last } = walking
  if (last?.isConnected && !(last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING))
    problems.push(`is come to after ${walking.nameOf(last)}, which stands behind it`)
  walking.walked.add(one)
  walking.last = one
  const label = one.closest('label')
  // A field of search shows it around itself and its sign.
  const isOutlined = [one, label, one.closest('[data-focus-visible]'), one.parentElement, one.parentElement?.parentElement].some((shape) =>
    ['', '::after'].some((part) => {
      if (!shape) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(shape, part)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || (boxShadow !== 'none' && part === '')
    }),
  )
  if (!isOutlined) problems.push('has the focus and does not show it')
  const over = walking.coverOf(one)
  if (over === null) problems.push('is out of sight')
  else if (over) problems.push(`lies under ${walking.nameOf(over)}`)
  return walking.whenDrawn({ name: walking.nameOf(one), problems })
}

/** In the page: what can be pressed or typed into and was not come to. Of what belongs together one is a stop, and arrows lead to the rest. */
function missed(): string[] {
  const { walked, nameOf } = (window as unknown as { walking: Walking }).walking
  const isInside = (one: Element) => {
    const group = one.closest('[role=radiogroup],[role=listbox],[role=tablist],[role=grid],[role=toolbar],[role=menu]')
    return group !== null && [...walked].some((other) => group.contains(other))
  }
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => !one.matches(':disabled, [aria-hidden=true] *, [inert] *, [type=hidden], [tabindex="-1"]'))
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0)
    .filter((one) => !walked.has(one) && !isInside(one))
    .map((one) => `${nameOf(one)} is not come to`)
}
