/**
 * Bars that stay at an edge of the window lie over what is scrolled below them. The window is told how much of it they cover, so that what gets
 * the focus is scrolled to where it is seen.
 */

type Edge = 'top' | 'bottom'

const bars = new Map<HTMLElement, Edge>()
/** Between a bar and what has the focus, in pixels: room for its outline. */
const air = 8

const observer = new ResizeObserver(measure)

/** For `ref`: the element stays at the top of the window. */
export const stuckToTop = (bar: HTMLElement | null) => stuckTo('top', bar)

/** For `ref`: the element stays at the bottom of the window. */
export const stuckToBottom = (bar: HTMLElement | null) => stuckTo('bottom', bar)

function stuckTo(edge: Edge, bar: HTMLElement | null): (() => void) | undefined {
  if (bar === null) return undefined
  bars.set(bar, edge)
  observer.observe(bar)
  return () => {
    bars.delete(bar)
    observer.unobserve(bar)
    measure()
  }
}

function measure(): void {
  for (const edge of ['top', 'bottom'] as const) {
    const covered = [...bars].filter(([, at]) => at === edge).map(([bar]) => coveredBy(bar, edge))
    document.documentElement.style.setProperty(`scroll-padding-${edge}`, `${Math.max(0, ...covered) + air}px`)
  }
  keepFocusInSight()
}

/** How much of the window a bar covers, with what is between it and the edge, in pixels; nothing where it goes with the page. */
function coveredBy(bar: HTMLElement, edge: Edge): number {
  const style = getComputedStyle(bar)
  return style.position === 'sticky' && bar.offsetHeight > 0 ? bar.offsetHeight + (Number.parseFloat(style[edge]) || 0) : 0
}

/** A bar that has just come, or grown, may lie over what was pressed for it. */
function keepFocusInSight(): void {
  const one = document.activeElement
  if (one === null || one === document.body || [...bars.keys()].some((bar) => bar.contains(one) || one.contains(bar))) return
  const shape = one.closest('label') ?? one
  const { top, bottom } = shape.getBoundingClientRect()
  const isCovered = [...bars.keys()].some((bar) => {
    const covering = bar.getBoundingClientRect()
    return covering.top < bottom && top < covering.bottom
  })
  if (isCovered) shape.scrollIntoView({ block: 'nearest' })
}
