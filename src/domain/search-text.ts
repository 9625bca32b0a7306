import type { Piece, WordPattern } from './search.ts'

/**
 * Words: runs of letters, digits and underscores, compared without regard to case. Everything is said with characters and their classes, so
 * that a database reads the patterns as JavaScript does, whatever its locale.
 */

/** Between words. U+0001, which is no part of it, stands between values that are searched as one text: no phrase reaches across. */
const punctuation =
  '\\u0002-\\u002f\\u003a-\\u0040\\u005b-\\u005e\\u0060\\u007b-\\u00a9\\u00ab-\\u00b4\\u00b6-\\u00b9\\u00bb-\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u3000-\\u303f\\ufeff'
const inWord = `[^\\u0001${punctuation}]`
const gap = `[${punctuation}]+`
const edge = `[\\u0001${punctuation}]`
const notInWords = new RegExp(`[\\u0001${punctuation}]+`, 'u')

/** A longer word is found by its beginning only. */
const longestWord = 200
/** More words than this of one text are not told to the index. */
const mostWords = 10_000

/** The words of a text, folded, each once. */
export function wordsOf(texts: readonly string[]): string[] {
  const words = new Set<string>()
  for (const text of texts) {
    for (const word of text.split(notInWords)) {
      if (words.size >= mostWords) return [...words]
      if (word !== '') words.add(shortened(folded(word)))
    }
  }
  return [...words]
}

/** Takes a term as it was written; returns the words to look for, one after the other, or undefined when it has none. */
export function wordPattern(pieces: readonly Piece[]): WordPattern | undefined {
  const words = wordsWritten(pieces)
  if (words.length === 0) return undefined
  const known = words.map(knownPart)
  return {
    pattern: `(^|${edge})${words.map(patternOf).join(gap)}(${edge}|$)`,
    words: known.filter(({ word }) => word !== ''),
    inside: longestOf(words),
    wordsSuffice: words.length === 1 && words[0]?.length === 1 && typeof words[0][0] === 'string' && known[0]?.prefix === false,
  }
}

/** True when the text has the words. */
export function hasWords(text: string, { pattern }: WordPattern): boolean {
  return new RegExp(pattern, 'u').test(text)
}

/** True when the text is, from its first to its last character, what the pieces say. */
export function isLike(text: string, pieces: readonly Piece[]): boolean {
  const pattern = pieces.map((piece) => {
    if (typeof piece !== 'string') return piece.any === 'one' ? '.' : '.*'
    return piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  })
  return new RegExp(`^${pattern.join('')}$`, 'su').test(text)
}

type Word = Piece[]

function wordsWritten(pieces: readonly Piece[]): Word[] {
  const words: Word[] = []
  let current: Word = []
  for (const piece of pieces) {
    const [first = '', ...others] = typeof piece === 'string' ? piece.split(notInWords) : [piece]
    if (first !== '') current.push(first)
    for (const text of others) {
      words.push(current)
      current = text === '' ? [] : [text]
    }
  }
  return [...words, current].filter((word) => word.length > 0)
}

function patternOf(word: Word): string {
  return word
    .map((piece) => (typeof piece === 'string' ? [...piece].map(inEitherCase).join('') : `${inWord}${piece.any === 'one' ? '' : '*'}`))
    .join('')
}

function longestOf(words: Word[]): string {
  const told = words.flat().flatMap((piece) => (typeof piece === 'string' ? [piece] : []))
  return [...(told.sort((a, b) => b.length - a.length)[0] ?? '')].map(inEitherCase).join('')
}

function knownPart([first, ...others]: Word): { word: string; prefix: boolean } {
  if (typeof first !== 'string') return { word: '', prefix: true }
  const word = folded(first)
  return { word: shortened(word), prefix: others.length > 0 || word.length > longestWord }
}

function shortened(word: string): string {
  return word.length > longestWord ? [...word.slice(0, longestWord)].filter((letter) => !/\p{Surrogate}/u.test(letter)).join('') : word
}

function folded(word: string): string {
  return [...word].map(lowered).join('')
}

/** Only letters that are a pair of two, each the other's upper or lower case, have a case here: everybody agrees about those. */
function lowered(letter: string): string {
  const lower = letter.toLowerCase()
  return lower !== letter && lower.toUpperCase() === letter && [...lower].length === 1 ? lower : letter
}

function inEitherCase(letter: string): string {
  const lower = lowered(letter)
  const upper = lower.toUpperCase()
  return [...upper].length === 1 && upper !== lower && lowered(upper) === lower ? `[${lower}${upper}]` : lower
}
