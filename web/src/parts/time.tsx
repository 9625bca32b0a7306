import { localeNow, useLocale, useText } from '../text/text.tsx'
import { useNow } from './clock.tsx'

const day = 86_400_000
const units = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['week', 7 * day],
  ['day', day],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

type Form = 'full' | 'day' | 'relative'

interface TimeProps {
  /** As the wire writes it. */
  at: string
  /** `day`: without the time of the day. `relative`: such as "in 3 days". */
  form?: Form
}

/** A moment in the reader's zone; hovering shows it in UTC. */
export function Time({ at, form = 'full' }: TimeProps) {
  const locale = useLocale()
  const now = useNow()
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return null
  const text = form === 'relative' ? relativeTo(now, date, locale) : inZone(date, locale, form)
  const title = form === 'relative' ? `${inZone(date, locale, 'full')} · ${inUtc(date)}` : inUtc(date)
  return (
    <time dateTime={date.toISOString()} title={title}>
      {text}
    </time>
  )
}

/** A moment that may be missing. */
export function MaybeTime({ at, form, none }: { at: string | null | undefined; form?: Form; none?: string }) {
  const t = useText()
  if (at) return <Time at={at} {...(form ? { form } : {})} />
  return <span className="muted">{none ?? t('part.time.none')}</span>
}

const utcWords = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/

/** A moment that the server has written into a sentence, in the reader's zone; what is no such moment stays as it is. */
export function toldTime(words: string): string {
  const [, date, time] = utcWords.exec(words) ?? []
  return date === undefined ? words : inZone(new Date(`${date}T${time}Z`), localeNow(), 'full')
}

/** Making one takes far longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>()

function inZone(date: Date, locale: string, form: 'full' | 'day'): string {
  const key = `${locale} ${form}`
  const known = formats.get(key)
  if (known) return known.format(date)
  const options = form === 'full' ? ({ dateStyle: 'medium', timeStyle: 'short' } as const) : ({ dateStyle: 'medium' } as const)
  const format = new Intl.DateTimeFormat(locale, options)
  formats.set(key, format)
  return format.format(date)
}

/** Such as 2026-12-31 17:00 UTC. */
function inUtc(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>()

function relativeTo(now: number, date: Date, locale: string): string {
  const awayMs = date.getTime() - now
  const [unit, length] = units.find(([, one]) => Math.abs(awayMs) >= one) ?? ['minute', 60_000]
  const format = relativeFormats.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  relativeFormats.set(locale, format)
  return format.format(Math.round(awayMs / length), unit)
}
