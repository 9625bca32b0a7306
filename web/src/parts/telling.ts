import type { MessageId, Say, Values } from '../text/text.tsx'
import { sayConditions } from './condition.ts'

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
  const said = t(id as MessageId, { ...sentence.values, ...conditions, ...better })
  return said === id ? text : said
}
