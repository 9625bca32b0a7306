import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recognise, type SentenceId, say, sentences } from '../../src/domain/sentences.ts'
import { de } from '../../web/src/text/de/de.ts'
import { en } from '../../web/src/text/en/en.ts'

const ids = Object.keys(sentences) as SentenceId[]
const fill = say as (id: SentenceId, values: Record<string, string>) => string
const gapsOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, gap]) => gap as string)

test('every sentence is recognised with what stands in its gaps, whatever people are called', () => {
  const word = fc.stringMatching(/^[A-Z][a-zäöüé]{1,9}( [A-Z][a-z']{1,9})?$/)
  fc.assert(
    fc.property(fc.constantFrom(...ids), fc.array(word, { minLength: 4, maxLength: 4 }), (id, words) => {
      const values = Object.fromEntries(gapsOf(sentences[id]).map((gap, at) => [gap, words[at] ?? '']))
      expect(recognise(fill(id, values))).toEqual({ id, values })
    }),
  )
})

test('what nobody here has written is nobody’s sentence', () => {
  for (const text of ['', '503 from the target', 'the target has no group X', 'Ada Quill']) expect(recognise(text)).toBeUndefined()
})

test('the portal says every sentence, in English as it is kept and in German with the same gaps', () => {
  const english: Record<string, string> = en
  const german: Record<string, string> = de
  for (const id of ids) {
    expect([id, english[`why.${id}`]]).toEqual([id, sentences[id]])
    const gaps = gapsOf(german[`why.${id}`] ?? '')
    expect([id, gapsOf(sentences[id])]).toEqual([id, expect.arrayContaining(gaps)])
    expect(german[`why.${id}`], id).not.toBe(sentences[id])
  }
})
