import { expect, test } from 'vitest'
import { administrationRefusals } from '../../src/http/german/administration.ts'
import { inGerman } from '../../src/http/german/in-german.ts'
import { refusals } from '../../src/http/german/refusals.ts'
import { queryRefusals, searchRefusals } from '../../src/http/german/search.ts'
import { reasons } from '../../src/http/german/words.ts'
import { lineAt, type Source, sourcesIn } from './source.ts'

/** Whoever calls without a token or runs a command of the machine reads English; so do those who write policies and filters of their own. */
const notForPeopleOfThePortal = ['src/http/authenticate.ts: unauthenticated', 'src/main/', 'src/cli/', 'src/domain/scenario/']

/** What is said by an expression: the texts that it can be. */
const saidElsewhere: Record<string, string[]> = {
  'text domain/catalogue-changes': [
    'The role Engineers is in use: 2 people hold it, and it is part of Crew. Set enabled to false instead, and nobody can ask for it any more.',
  ],
  'text http/access-requests': ['must not be empty.', 'forms are not supported yet.'],
  'why domain/reassignment': [
    'Ada Quill is not active.',
    'nobody decides on their own access.',
    'nobody decides on their own request.',
    'Ada Quill has a say in this request already, and its policy asks different people.',
  ],
  'unclear domain/request-rules': [
    'this access is held on several accounts of one source (a, b): say which by nativeIdentity or assignmentId.',
  ],
  'question.barred?.size domain/routing': [
    'Nobody can be asked: the policy wants different people, and no active org admin is left; a tenant needs more of them.',
    'Nobody can be asked: there is no active org admin but the person the access is for; a tenant needs two.',
  ],
  '`${why} here; use ACCESS_REQUESTS or MANUAL_TASKS.` http/reassignments': [
    'approvals of access requests are reassigned by ACCESS_REQUESTS here; use ACCESS_REQUESTS or MANUAL_TASKS.',
    'there are no certifications here; use ACCESS_REQUESTS or MANUAL_TASKS.',
  ],
  "`${why}. Indices: ${searchedIndices.join(', ')}.` http/search": [
    '"roles" is not searched here; there are lists of them. Indices: events, identities.',
    'there is no such index. Indices: events, identities.',
  ],
  // What the library for patches says is of programs for programs.
  'reasonOf(error) http/json-patch': [],
  '`${sentence(first)}.` http/validate': [
    'is required.',
    'must be one of A, B.',
    'must not be blank.',
    'is not valid.',
    'must NOT have fewer than 1 characters.',
    'must NOT have more than 10 items.',
    'must be >= 1.',
    'must be string.',
  ],
  "[...new Set(refusals)].join(' ') || 'Nothing of it can be tried again.' operations/retry-access-request": [
    'Nothing of it can be tried again.',
    'VPN Access was given or taken away in another way since.',
  ],
}

interface Refusal {
  place: string
  code: string
  /** As it is written: a literal or an expression. */
  text: string
  /** The same without what is in strings. */
  bare: string
}

function refusalsIn(source: Source): Refusal[] {
  return [...source.code.matchAll(/new DomainError\(/g)].map((match) => {
    const [code, text] = argumentsAt(source, match.index + match[0].length)
    const [from, to] = text ?? [0, 0]
    return {
      place: `${source.name}:${lineAt(source.text, match.index)}`,
      code: source.text.slice(...(code ?? [0, 0])).trim(),
      text: source.text.slice(from, to).trim(),
      bare: source.code.slice(from, to).trim(),
    }
  })
}

/** Where each argument of a call stands, given where the first begins. */
function argumentsAt({ code }: Source, from: number): [number, number][] {
  const found: [number, number][] = []
  let depth = 0
  for (let at = from, start = from; at < code.length; at++) {
    const char = code[at] ?? ''
    if ('([{'.includes(char)) depth++
    if (depth === 0 && (char === ',' || char === ')')) {
      found.push([start, at])
      start = at + 1
      if (char === ')') return found
    }
    if (')]}'.includes(char)) depth--
  }
  return found
}

/** A literal with numbers for what is filled in; undefined for an expression. */
function templateOf({ text, bare }: Refusal): string | undefined {
  if (!/^['"`]/.test(bare)) return undefined
  let gaps = 0
  let depth = 0
  let template = ''
  for (let at = 1; at < text.length - 1; at++) {
    const opens = bare.startsWith('${', at)
    if (opens && depth === 0) template += `{${gaps++}}`
    if (bare[at] === '{') depth++
    if (depth === 0 && !opens) template += text[at]
    if (bare[at] === '}') depth--
  }
  return template.replace(/\\(.)/g, '$1')
}

/** The template as it could be said. */
const filled = (template: string) => template.replace(/\{(\d)\}/g, (_, gap: string) => `Gap${gap}`)

const all = sourcesIn('src')
  .flatMap(refusalsIn)
  .filter(
    ({ place, code }) => !notForPeopleOfThePortal.some((one) => `${place.replace(/:\d+$/, '')}: ${code.slice(1, -1)}`.startsWith(one)),
  )

const catalogues = { ...refusals, ...administrationRefusals, ...searchRefusals, ...queryRefusals, ...reasons }

test('every refusal that people of the portal can meet has its German', () => {
  expect(all.length).toBeGreaterThan(200)
  const without = all.flatMap((refusal) => {
    const template = templateOf(refusal)
    const file = refusal.place.replace(/^src\/|\.ts:\d+$/g, '')
    const key = `${/^\S+(?=\n)/.exec(refusal.text)?.[0] ?? refusal.text} ${file}`
    const texts = saidElsewhere[key] ?? (template === undefined ? undefined : [filled(template)])
    if (texts === undefined) return [`${refusal.place} ${key}`]
    return texts.filter((text) => inGerman(text) === undefined).map((text) => `${refusal.place} ${text}`)
  })
  expect(without).toEqual([])
})

test('a field, a number and a word of ours stand in the German as in the English', () => {
  expect(inGerman('requestedItems[0].removeDate: this item is given for at most 3 MONTHS, until 2026-01-01T00:00:00.000Z.')).toBe(
    'requestedItems[0].removeDate: dies wird für höchstens 3 Monate gegeben, bis 2026-01-01T00:00:00.000Z.',
  )
  expect(inGerman('There is no access request 42.')).toBe('Es gibt keinen Antrag 42.')
  expect(inGerman('This approval is closed: it is REJECTED.')).toBe('Diese Genehmigung ist erledigt: Sie ist abgelehnt.')
  expect(inGerman('query: Found ")" without a "(" before it (position 3)')).toBe('query: „)“ ohne „(“ davor (Stelle 3)')
  expect(inGerman('The governance group Crew is in use: VPN names it, and 2 open requests wait for it.')).toBe(
    'Die Governance-Gruppe Crew wird gebraucht: VPN nennt sie und 2 offene Anträge warten auf sie.',
  )
})

test('what nobody here has written stays as it is', () => {
  for (const text of ['', 'the target has no group X', 'name: Ada', 'LDAP error 32']) expect(inGerman(text)).toBeUndefined()
})

test('every German refusal has the gaps of its English and is another text', () => {
  const gapsOf = (text: string) => [...text.matchAll(/\{\d\}/g)].map(String).sort()
  for (const [english, german] of Object.entries(catalogues)) {
    expect(gapsOf(english), english).toEqual(expect.arrayContaining(gapsOf(german)))
    expect(german, english).not.toBe(english)
  }
})
