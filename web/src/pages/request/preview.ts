import { useEffect, useState } from 'react'
import { type Basket, type BasketLine, bodyOf, momentOf, someEnd } from '../../api/basket.ts'
import { useCall } from '../../api/queries.ts'
import type { Answer } from '../../api/types.ts'
import { useNow } from '../../parts/clock.tsx'
import { withoutField } from '../../parts/telling.ts'
import { useText } from '../../text/text.tsx'

type Preview = Answer<'previewAccessRequest'>

/** What would become of a basket, and what it still wants. */
export interface Outlook {
  items: Preview['items']
  /** Why a line cannot be sent as it is, by the line's id. */
  refusals: Record<string, string>
  /** Why the basket as a whole cannot be sent. */
  refusal: string | undefined
  /** Lines that want a comment or an end before they can be sent. */
  missing: ReadonlySet<string>
  /** Lines that must have an end. */
  wantsEnd: ReadonlySet<string>
}

interface Looking {
  outlook: Outlook | undefined
  error: unknown
  isPending: boolean
  isOld: boolean
  refetch(): unknown
}

/** Why the dates of lines are refused, by the line as it is: told beside what becomes of the others. */
type WrongDates = Readonly<Record<string, string>>

const wordingOf = ({ id, startDay, endDay, endAt }: BasketLine) => [id, startDay, endDay, endAt].join(' ')

/**
 * Asks what would become of the basket. A line without a comment or an end that it must have would be refused, and nothing told of the
 * others; so what is missing is filled in for the question, and told beside the answer.
 */
export function useOutlook(basket: Basket): Looking {
  const t = useText()
  const now = useNow()
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set())
  const [wrong, setWrong] = useState<WrongDates>({})
  const body = bodyOf({ ...basket, lines: basket.lines.map((line) => filledIn(line, ended, wrong, now)) })
  const preview = useCall('previewAccessRequest', { body }, { enabled: basket.recipients.length > 0, keep: true })
  const refused = preview.data?.refused ?? null
  const place = /requestedItems\[(\d+)\]\.(\w+)/.exec(refused?.field ?? '')
  const line = place ? basket.lines[Number(place[1])] : undefined
  const lineId = line?.id
  const lacksEnd = place?.[2] === 'removeDate' && line?.endDay === '' && !ended.has(line.id)
  useEffect(() => {
    if (lacksEnd && lineId !== undefined) setEnded((known) => new Set([...known, lineId]))
  }, [lacksEnd, lineId])
  const reason = refused === null ? undefined : withoutField(refused.reason)
  const field = place?.[2] === 'startDate' ? 'start' : place?.[2] === 'removeDate' ? 'end' : undefined
  const wording = line && wordingOf(line)
  const isWrong = !lacksEnd && !preview.isPlaceholderData && field !== undefined && wording !== undefined && !(wording in wrong)
  const told = field === undefined ? reason : t(field === 'start' ? 'basket.wrongStart' : 'basket.wrongEnd', { reason })
  useEffect(() => {
    if (isWrong && wording !== undefined && told !== undefined) setWrong((known) => ({ ...known, [wording]: told }))
  }, [isWrong, wording, told])
  const wrongDates = Object.fromEntries(
    basket.lines.flatMap((one) => (wrong[wordingOf(one)] ? [[one.id, wrong[wordingOf(one)] as string]] : [])),
  )
  const outlook = preview.data && {
    items: preview.data.items,
    refusals: { ...(told !== undefined && lineId !== undefined ? { [lineId]: told } : {}), ...wrongDates },
    refusal: lineId === undefined ? reason : undefined,
    ...wantedBy(basket, preview.data.items, ended),
  }
  return {
    outlook,
    error: preview.error,
    isPending: preview.isPending,
    isOld: preview.isPlaceholderData || lacksEnd || isWrong,
    refetch: preview.refetch,
  }
}

function filledIn(line: BasketLine, ended: ReadonlySet<string>, wrong: WrongDates, now: number): BasketLine {
  const comment = line.comment.trim() === '' ? '–' : line.comment
  if (wordingOf(line) in wrong) return { ...line, comment, startDay: '', endDay: '', endAt: someEnd(now) }
  if (line.endDay !== '' || !ended.has(line.id)) return { ...line, comment }
  const start = momentOf(line.startDay, 'start')
  const from = start === undefined ? now : Math.max(now, Date.parse(start))
  return { ...line, comment, endAt: someEnd(from) }
}

function wantedBy({ lines }: Basket, items: Preview['items'], ended: ReadonlySet<string>) {
  const limitsOf = (id: string) => items.filter(({ requestedObject }) => requestedObject.id === id).map(({ limits }) => limits)
  const wantsEnd = new Set(
    lines.filter(({ id }) => ended.has(id) || limitsOf(id).some((limits) => limits.endDateRequired)).map(({ id }) => id),
  )
  const lacks = ({ id, comment, endDay }: BasketLine) =>
    (comment.trim() === '' && limitsOf(id).some((limits) => limits.commentRequired)) || (endDay === '' && wantsEnd.has(id))
  return { wantsEnd, missing: new Set(lines.filter(lacks).map(({ id }) => id)) }
}
