/** What tabs of one browser tell each other: anything that can be written as JSON. */
interface Round<Message> {
  tell(message: Message): void
  leave(): void
}

/** What a tab does while it is the one that does it for all; `waited` is true when another tab did it before. Returns how it stops. */
type Turn = (waited: boolean) => () => void

/**
 * Lets one tab of this browser do something for all of them under a name, and every other hear of it. When that tab goes, another takes
 * over. Where a browser has no locks, as on a page that did not come over a secure connection, each tab does it for itself.
 */
export function joinRound<Message>(name: string, turn: Turn, hear: (message: Message) => void): Round<Message> {
  const { locks } = navigator as { locks?: LockManager }
  const over = new AbortController()
  if (locks === undefined) {
    const stop = turn(false)
    return { tell: () => undefined, leave: stop }
  }
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data)
  void waitForTurn(locks, name, turn, over.signal)
  return {
    tell: (message) => {
      if (!over.signal.aborted) channel.postMessage(message)
    },
    leave: () => {
      over.abort()
      channel.close()
    },
  }
}

async function waitForTurn(locks: LockManager, name: string, turn: Turn, over: AbortSignal): Promise<void> {
  const take = async (waited: boolean) => {
    if (over.aborted) return
    const stop = turn(waited)
    await new Promise((end) => over.addEventListener('abort', end, { once: true }))
    stop()
  }
  const isTaken = await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await take(false)
    return lock === null
  })
  if (!isTaken || over.aborted) return
  // Nobody waits any more when it is left: that is no error.
  await locks.request(name, { signal: over }, () => take(true)).catch(() => undefined)
}
