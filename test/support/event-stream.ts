/** A page's view of the server-sent events, over a real connection. */
export interface EventStream {
  /** What was told so far. */
  events: { name: string; data: { what?: string[]; requestIds?: string[] | null } }[]
  /** Does something and waits until a `changed` from then on names all of `what`: fails a second after it was done. */
  hears<T>(what: string[], act: () => Promise<T>): Promise<T>
  /** Resolves when the server ends the stream. */
  ended: Promise<void>
  close(): void
}

/** Opens a stream and waits until it is ready. */
export async function openEvents(url: string, headers: Record<string, string>): Promise<EventStream> {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  if (response.status !== 200 || !response.body) throw new Error(`no stream: ${response.status} ${await response.text()}`)
  const events: EventStream['events'] = []
  const wakers = new Set<() => void>()
  const ended = read(response.body, (block) => {
    const name = /^event: (.*)$/m.exec(block)?.[1]
    if (name === undefined) return
    events.push({ name, data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') })
    for (const wake of wakers) wake()
  })
  const waitFor = async (isIt: () => boolean, patienceMs: number): Promise<void> => {
    if (isIt()) return
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => done(reject, new Error(`not told within ${patienceMs} ms: ${JSON.stringify(events)}`)), patienceMs)
      const wake = () => isIt() && done(resolve)
      const done = (end: (value?: never) => void, value?: unknown) => {
        clearTimeout(late)
        wakers.delete(wake)
        end(value as never)
      }
      wakers.add(wake)
    })
  }
  await waitFor(() => events.some((event) => event.name === 'ready'), 5_000)
  return {
    events,
    async hears(what, act) {
      const from = events.length
      const done = await act()
      await waitFor(() => events.slice(from).some((event) => what.every((one) => event.data.what?.includes(one))), 1_000)
      return done
    },
    ended,
    close: () => stop.abort(),
  }
}

async function read(body: ReadableStream<Uint8Array>, onBlock: (block: string) => void): Promise<void> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) onBlock(block)
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
  }
}
