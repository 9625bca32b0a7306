import { administrationRefusals } from './administration.ts'
import { refusals } from './refusals.ts'
import { queryRefusals, searchRefusals } from './search.ts'
import { reasons, words } from './words.ts'

interface Sentence {
  pattern: RegExp
  german: string
}

/** What says more comes first, so that it is not taken for what says less. */
function sentencesOf(texts: Record<string, string>): Sentence[] {
  const length = (text: string) => text.replace(/\{\d\}/g, '').length
  return Object.entries(texts)
    .sort(([one], [other]) => length(other) - length(one))
    .map(([english, german]) => ({ pattern: patternOf(english), german }))
}

function patternOf(english: string): RegExp {
  const quoted = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${quoted.replace(/\{\d\}/g, '(.+?)')}$`, 's')
}

const whole = sentencesOf({ ...refusals, ...administrationRefusals, ...searchRefusals })
const ofQueries = sentencesOf(queryRefusals)
const ofReasons = sentencesOf(reasons)

/** A refusal of ours in German; undefined for any other text, which nobody here has written. */
export function inGerman(text: string): string | undefined {
  const query = /^query: (.*) \(position (\d+)\)(?:; there are: (.*))?$/s.exec(text)
  if (query) return queryInGerman(query)
  return said(whole, text) ?? withField(text)
}

function queryInGerman([, what = '', position, known]: RegExpExecArray): string | undefined {
  const german = said(ofQueries, what)
  return german && `query: ${german} (Stelle ${position})${known === undefined ? '' : `; es gibt: ${known}`}`
}

/** The field is a name of the contract, and stands before what is wrong with it. */
function withField(text: string): string | undefined {
  const found = /^([\w.[\]@/-]+): (.+)$/s.exec(text)
  const german = found?.[2] === undefined ? undefined : said(whole, found[2])
  return german && `${found?.[1]}: ${german}`
}

function said(sentences: readonly Sentence[], text: string): string | undefined {
  for (const { pattern, german } of sentences) {
    const found = pattern.exec(text)
    if (found) return german.replace(/\{(\d)\}/g, (_, gap: string) => gapInGerman(found[Number(gap) + 1] ?? ''))
  }
  return undefined
}

function gapInGerman(text: string): string {
  const parts = text.split(', and ').map((part) => said(ofReasons, part))
  return words[text] ?? (parts.every((part) => part !== undefined) ? parts.join(' und ') : text)
}
