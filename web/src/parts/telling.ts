import type { MessageId, Say, Values } from '../text/text.tsx'
import { sayConditions } from './condition.ts'
import { toldTime } from './time.tsx'

/** A text of the server, and which sentence it is where it is one of those that are translated. */
interface Told {
  text: string
  sentence: { id: string; values: Record<string, string> } | null
}

/** Says what the server told in the reader's language; what a target or a person wrote stays as they wrote it. */
export function tell(t: Say, { text, sentence }: Told, better: Values = {}): string {
  if (sentence === null) return text
  const id = `why.${sentence.id}`
  const { parts } = sentence.values
  const conditions = parts === undefined ? {} : { parts: sayConditions(t, parts) }
  const values = Object.fromEntries(Object.entries(sentence.values).map(([name, value]) => [name, toldTime(value)]))
  const said = t(id as MessageId, { ...values, ...conditions, ...better })
  return said === id ? text : said
}

/** A refusal without the path of the field in what is sent, which tells a reader nothing. */
export function withoutField(reason: string): string {
  return reason.replace(/^[\w.[\]]+:\s*/, '')
}
