import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { forget } from './queries.ts'
import { sessionKey } from './session.ts'
import { everyTopic, type Topic } from './topics.ts'

const address = '/countersign/v1/events'

/** What the server says has changed, and which answers tell of it. */
const topicsOf: Record<string, readonly Topic[]> = {
  approvals: ['approvals'],
  requests: ['requests', 'access'],
  tasks: ['tasks'],
  access: ['access'],
  team: ['access', 'people'],
  administration: everyTopic,
  everything: everyTopic,
}

/** Coming back takes a second; only who cannot be heard for longer is said to be lost. */
const patienceMs = 3_000
/** The browser gives up when it is refused; then it is tried again after this. */
const againMs = 5_000

let isLost = false
const listeners = new Set<() => void>()

function turn(lost: boolean): void {
  if (isLost === lost) return
  isLost = lost
  for (const listener of listeners) listener()
}

/** True while the server cannot be heard: what is shown may be old. */
export function useIsLineLost(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isLost,
  )
}

/** Listens for what happens elsewhere and asks again whatever is on the screen and tells of it. */
export function useLiveEvents(): void {
  const client = useQueryClient()
  useEffect(() => listen(client), [client])
}

function listen(client: QueryClient): () => void {
  let source: EventSource | undefined
  let patience: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let wasReady = false
  const open = () => {
    source = new EventSource(address)
    source.addEventListener('ready', () => {
      clearTimeout(patience)
      patience = undefined
      turn(false)
      // Nobody knows what was missed meanwhile.
      if (wasReady) void forget(client, everyTopic)
      wasReady = true
    })
    source.addEventListener('changed', (event) => void changed(client, event))
    source.onerror = () => {
      patience ??= setTimeout(() => turn(true), patienceMs)
      if (source?.readyState !== EventSource.CLOSED) return
      // Refused: perhaps nobody is signed in any more.
      void client.invalidateQueries({ queryKey: sessionKey })
      again = setTimeout(open, againMs)
    }
  }
  const goneOffline = () => turn(true)
  // The browser may keep an old connection that nothing comes through any more.
  const backOnline = () => {
    source?.close()
    clearTimeout(again)
    open()
  }
  window.addEventListener('offline', goneOffline)
  window.addEventListener('online', backOnline)
  open()
  return () => {
    window.removeEventListener('offline', goneOffline)
    window.removeEventListener('online', backOnline)
    source?.close()
    clearTimeout(patience)
    clearTimeout(again)
    turn(false)
  }
}

async function changed(client: QueryClient, event: MessageEvent<string>): Promise<void> {
  const { what } = JSON.parse(event.data) as { what: string[] }
  const topics = new Set(what.flatMap((one) => topicsOf[one] ?? everyTopic))
  await forget(client, [...topics])
  if (what.includes('everything')) await client.invalidateQueries({ queryKey: sessionKey })
}
