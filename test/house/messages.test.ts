import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { de } from '../../web/src/text/de/de.ts'
import { en } from '../../web/src/text/en/en.ts'
import { sourcesIn } from './source.ts'

const fromCore = createRequire(createRequire(import.meta.url).resolve('@lingui/core'))
const { compileMessage } = fromCore('@lingui/message-utils/compileMessage') as { compileMessage: (text: string) => Compiled }

/** A text, or its parts: texts, and what is filled in by name. */
type Compiled = string | (string | [name: string, ...rest: unknown[]])[]

const languages: Record<string, Record<string, string>> = { en, de }
const ids = Object.keys(en)

function filledIn(text: string): string[] {
  const compiled = compileMessage(text)
  if (typeof compiled === 'string') return []
  return [...new Set(compiled.flatMap((part) => (typeof part === 'string' ? [] : [part[0]])))].sort()
}

test('every message is there in every language, and says something', () => {
  for (const [language, messages] of Object.entries(languages)) {
    expect(Object.keys(messages).sort(), language).toEqual([...ids].sort())
    expect(
      Object.keys(messages).filter((id) => messages[id]?.trim() === ''),
      language,
    ).toEqual([])
  }
})

test('a message has the same things filled in, and the same elements, in every language', () => {
  const elements = (text = '') => [...text.matchAll(/<\/?\d+\/?>/g)].map(String).sort()
  for (const [language, messages] of Object.entries(languages)) {
    const different = Object.entries(en).filter(([id, text]) => {
      const other = messages[id] ?? ''
      return String(filledIn(other)) !== String(filledIn(text)) || String(elements(other)) !== String(elements(text))
    })
    expect(different, language).toEqual([])
  }
})

test('every message is shown somewhere', () => {
  const code = sourcesIn('web/src')
    .filter(({ name }) => !name.startsWith('web/src/text/'))
    .map(({ withStrings }) => withStrings)
    .join('\n')
  // The end of an id may be computed: t(`state.${state}`).
  const beginnings = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1] ?? '')
  const isShown = (id: string) => code.includes(`'${id}'`) || beginnings.some((beginning) => id.startsWith(beginning))
  expect(ids.filter((id) => !isShown(id))).toEqual([])
})

test('no text for people stands in the code of the portal instead of in the messages', () => {
  // Words between tags, and names for who cannot see them.
  const bare = sourcesIn('web/src').flatMap(({ name, withStrings }) =>
    [...withStrings.matchAll(/(?:<[a-z][^<>{}]*>|\s(?:aria-label|title|placeholder|alt)=")([^<>{}"]*[A-Za-z]{3,}[^<>{}"]*)(?:<\/|")/g)].map(
      (match) => `${name}: ${match[1]}`,
    ),
  )
  expect(bare.filter((place) => !place.endsWith(': Countersign'))).toEqual([])
})
