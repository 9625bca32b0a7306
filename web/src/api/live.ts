import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { joinRound } from './one-tab.ts'
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
export function useLiveEvents(personId: string): void {
  const client = useQueryClient()
  useEffect(() => listen(client, personId), [client, personId])
}

/** What the tab that listens tells the others: what it heard, or how the line is. */
type News = { changed: string[] } | 'back' | 'lost' | 'refused' | 'how is the line?'

/**
 * A browser has few connections to one address, so one of its tabs listens for all that are the same person's. Others are told by it, and
 * one of them takes over when it goes.
 */
function listen(client: QueryClient, personId: string): () => void {
  const act = (news: News) => {
    if (news === 'lost') turn(true)
    else if (news === 'refused') void client.invalidateQueries({ queryKey: sessionKey })
    else if (news === 'back') {
      turn(false)
      // Nobody knows what was missed meanwhile, or who is signed in by now.
      void forget(client, everyTopic)
      void client.invalidateQueries({ queryKey: sessionKey })
    } else if (typeof news === 'object') void changed(client, news.changed)
  }
  let listens = false
  const tell = (news: News) => {
    act(news)
    round.tell(news)
  }
  const round = joinRound<News>(
    `countersign live ${personId}`,
    (waited) => {
      listens = true
      return openLine(waited, tell)
    },
    (news) => {
      if (news !== 'how is the line?') act(news)
      else if (listens && isLost) round.tell('lost')
    },
  )
  if (!listens) round.tell('how is the line?')
  const goneOffline = () => turn(true)
  window.addEventListener('offline', goneOffline)
  return () => {
    window.removeEventListener('offline', goneOffline)
    round.leave()
    turn(false)
  }
}

/** Holds the connection; `mayHaveMissed` is true when something may have happened before it began. Returns how it ends. */
function openLine(mayHaveMissed: boolean, tell: (news: News) => void): () => void {
  let source: EventSource | undefined
  let patience: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let wasAway = mayHaveMissed
  const open = () => {
    source = new EventSource(address)
    source.addEventListener('ready', () => {
      clearTimeout(patience)
      patience = undefined
      if (wasAway) tell('back')
      else turn(false)
      wasAway = true
    })
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => tell({ changed: (JSON.parse(data) as { what: string[] }).what }))
    source.onerror = () => {
      patience ??= setTimeout(() => tell('lost'), patienceMs)
      if (source?.readyState !== EventSource.CLOSED) return
      // Refused: perhaps nobody is signed in any more.
      tell('refused')
      again = setTimeout(open, againMs)
    }
  }
  // The browser may keep an old connection that nothing comes through any more.
  const backOnline = () => {
    source?.close()
    clearTimeout(again)
    open()
  }
  window.addEventListener('online', backOnline)
  open()
  return () => {
    window.removeEventListener('online', backOnline)
    source?.close()
    clearTimeout(patience)
    clearTimeout(again)
  }
}

async function changed(client: QueryClient, what: readonly string[]): Promise<void> {
  const topics = new Set(what.flatMap((one) => topicsOf[one] ?? everyTopic))
  await forget(client, [...topics])
  if (what.includes('everything')) await client.invalidateQueries({ queryKey: sessionKey })
}
