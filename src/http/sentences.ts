import { recognise, type Told } from '../domain/sentences.ts'

/** The sentence that a text is, as answers have it beside the text; null for any other text. */
export function sentenceOf(text: string | null): Told | null {
  return (text === null ? undefined : recognise(text)) ?? null
}
