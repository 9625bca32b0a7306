import type { Dialect } from '../api/dialect.ts'
import type { App } from './app.ts'

interface Window {
  startedAtMs: number
  calls: number
}

/** Windows kept at most; the oldest go first. A client that is pushed out merely starts a new window. */
const MOST_WINDOWS = 10_000

/**
 * Counts calls per client and version in windows of fixed length, on this node alone. Returns a function that counts a call and gives the
 * seconds to wait when it is one too many, else 0.
 */
export function rateLimiter(app: Pick<App, 'clock' | 'settings'>): (clientId: string, dialect: Dialect) => number {
  const limit = app.settings.rateLimit
  if (!limit) return () => 0
  const windows = new Map<string, Window>()
  return (clientId, dialect) => {
    const key = `${clientId} ${dialect}`
    const nowMs = app.clock.now().getTime()
    let window = windows.get(key)
    if (!window || nowMs - window.startedAtMs >= limit.windowMs) {
      window = { startedAtMs: nowMs, calls: 0 }
      windows.delete(key)
      windows.set(key, window)
      if (windows.size > MOST_WINDOWS) windows.delete(windows.keys().next().value as string)
    }
    window.calls++
    if (window.calls <= limit.calls) return 0
    return Math.max(1, Math.ceil((window.startedAtMs + limit.windowMs - nowMs) / 1000))
  }
}
