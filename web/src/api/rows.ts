import { hashKey, type QueryClient, useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { callPage, type Page } from './call.ts'
import { gapsIn, meet, type Range } from './ranges.ts'
import type { Input, ListId, RowOf } from './types.ts'

/** A long list, of which only what is looked at is asked for. */
export interface Rows<Row> {
  /** How many there are; undefined until it is known. */
  count: number | undefined
  /** The row at a place, once it is there. */
  at(index: number): Row | undefined
  /** Says which rows are looked at, the last one included. */
  look(first: number, last: number): void
  /** The first so many, asked for as far as they are not there. */
  upTo(most: number): Promise<Row[]>
  error: unknown
  refetch(): void
}

interface Asking {
  /** Nothing is asked for from this place on. */
  reach?: number
}

/** What scrolling on asks for at once, and the most that any list gives. */
const step = 10
const mostAtOnce = 50
/** Who flies past rows does not read them: while somebody scrolls, rows that are not there are asked for so often and not oftener. */
const pauseMs = 200
const freshMs = 60_000

/** The rows of a list operation, as they are looked at; `input` must not hold limit, offset or count. */
export function useRows<Id extends ListId>(id: Id, input: Input<Id>, { reach }: Asking = {}): Rows<RowOf<Id>> {
  const client = useQueryClient()
  const list = hashKey([input])
  const { looked, look } = useLook(list, (wanted, asked) => {
    const known = [...asked, ...rangesOf(client, id, list)]
    return { known, gaps: gapsIn(known, wanted, { least: step, most: mostAtOnce, reach }) }
  })
  // Before anybody has looked, as on coming back, what is known from before is shown and nothing asked for.
  const shown = looked ?? rangesOf(client, id, list)
  const pageOf = (range: Range, isFirst: boolean) => ({
    queryKey: keyOf(id, list, range),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      callPage(id, onPage(input, range, wantsCount(client, id, list, range, isFirst)), signal),
  })
  const results = useQueries({ queries: shown.map((range, at) => ({ ...pageOf(range, at === 0), enabled: looked !== undefined })) })
  // Read whether somebody wants a row or not: what is not read of an answer does not draw anything again.
  const pages = results.map(({ data }) => data)
  return {
    count: useKept(list, countOf(client, id, list)),
    at: (index) => {
      const place = shown.findIndex(({ from, to }) => from <= index && index < to)
      return pages[place]?.rows[index - (shown[place]?.from ?? 0)]
    },
    look,
    upTo: async (most) => {
      const wanted = { from: 0, to: most }
      const known = rangesOf(client, id, list)
      const all = [...known.filter((range) => meet(range, wanted)), ...gapsIn(known, wanted, { least: 1, most: mostAtOnce, reach })]
      const ordered = all.sort((one, other) => one.from - other.from)
      const pages = await Promise.all(ordered.map((range) => client.fetchQuery({ ...pageOf(range, false), staleTime: freshMs })))
      return pages.flatMap(({ rows }) => rows).slice(0, most)
    },
    error: results.find((result) => result.error)?.error,
    refetch: () => {
      for (const result of results) if (result.error) void result.refetch()
    },
  }
}

type Gaps = (wanted: Range, asked: readonly Range[]) => { known: readonly Range[]; gaps: readonly Range[] }

/** The ranges that are looked at: undefined before anybody has looked at this list. */
function useLook(list: string, gapsOf: Gaps) {
  const [state, setState] = useState<{ list: string; ranges: Range[] }>()
  const asked = useRef<{ list: string; ranges: Range[]; at: number }>({ list, ranges: [], at: Number.NEGATIVE_INFINITY })
  const later = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(gapsOf)
  latest.current = gapsOf
  useEffect(() => () => clearTimeout(later.current), [])
  const look = useCallback(
    function look(first: number, last: number): void {
      clearTimeout(later.current)
      if (asked.current.list !== list) asked.current = { list, ranges: [], at: Number.NEGATIVE_INFINITY }
      const wanted = { from: first, to: last + 1 }
      const { known, gaps } = latest.current(wanted, asked.current.ranges)
      const waitMs = asked.current.at + pauseMs - performance.now()
      if (gaps.length > 0 && waitMs > 0) {
        later.current = setTimeout(() => look(first, last), waitMs)
        return
      }
      const ranges = distinct([...known.filter((range) => meet(range, wanted)), ...gaps])
      asked.current = { list, ranges, at: gaps.length > 0 ? performance.now() : asked.current.at }
      setState((now) => (now?.list === list && sameRanges(now.ranges, ranges) ? now : { list, ranges }))
    },
    [list],
  )
  return { looked: state?.list === list ? state.ranges : undefined, look }
}

function distinct(ranges: readonly Range[]): Range[] {
  return [...new Map(ranges.map((range) => [`${range.from} ${range.to}`, range])).values()].sort((one, other) => one.from - other.from)
}

function sameRanges(some: readonly Range[], others: readonly Range[]): boolean {
  return some.length === others.length && some.every(({ from, to }, at) => others[at]?.from === from && others[at].to === to)
}

const keyOf = (id: ListId, list: string, { from, to }: Range) => [id, 'rows', list, from, to] as const

function pagesOf(client: QueryClient, id: ListId, list: string) {
  return client.getQueryCache().findAll({ queryKey: [id, 'rows', list] })
}

/** What was asked for of a list before, in order. */
function rangesOf(client: QueryClient, id: ListId, list: string): Range[] {
  const ranges = pagesOf(client, id, list).map(({ queryKey }) => ({ from: queryKey[3] as number, to: queryKey[4] as number }))
  return ranges.sort((one, other) => one.from - other.from)
}

/** How many there are by the latest answer that tells it. */
function countOf(client: QueryClient, id: ListId, list: string): number | undefined {
  let latest: { at: number; total: number } | undefined
  for (const { state } of pagesOf(client, id, list)) {
    const total = (state.data as Page<unknown> | undefined)?.total
    if (total !== undefined && state.dataUpdatedAt >= (latest?.at ?? 0)) latest = { at: state.dataUpdatedAt, total }
  }
  return latest?.total
}

/** What was known of a list stays known when the answer that told it is forgotten. */
function useKept(list: string, count: number | undefined): number | undefined {
  const kept = useRef({ list, count })
  if (kept.current.list !== list || count !== undefined) kept.current = { list, count }
  return kept.current.count
}

/** Counting may be dear: only the first rows on the screen are asked for with it, where nothing is known yet or something has changed. */
function wantsCount(client: QueryClient, id: ListId, list: string, range: Range, isFirst: boolean): boolean {
  const before = client.getQueryData<Page<unknown>>(keyOf(id, list, range))
  if (before?.total !== undefined) return true
  if (!isFirst) return false
  const isKnown = pagesOf(client, id, list).some(({ state }) => !state.isInvalidated && hasTotal(state.data))
  return before !== undefined || !isKnown
}

function hasTotal(data: unknown): boolean {
  return (data as Page<unknown> | undefined)?.total !== undefined
}

function onPage<Id extends ListId>(input: Input<Id>, { from, to }: Range, counts: boolean): Input<Id> {
  const paging = { limit: to - from, offset: from, ...(counts ? { count: true } : {}) }
  return { ...input, query: { ...input.query, ...paging } } as Input<Id>
}
