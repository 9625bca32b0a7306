import { TargetError } from '../../ports.ts'

/** One setting of a connector: how a given value is read, and what people are told about it. */
export interface Setting<T> {
  /** What is used when nothing is given; undefined when it has to be given. */
  usual: T | undefined
  about: string
  /** The value, or what it has to be, in words that follow "has to be". Never repeats what was given: it may be a secret. */
  read(given: unknown): { value: T } | { problem: string }
}

export type SettingsTable = Record<string, Setting<unknown>>

export type SettingsOf<Table extends SettingsTable> = { [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never }

/**
 * The settings of a connector from what a person gave, with everything left out filled in. Refuses (TargetError) all that is unknown,
 * missing or not as it has to be, by name.
 */
export function readSettings<Table extends SettingsTable>(kind: string, table: Table, given: unknown): SettingsOf<Table> {
  if (!isRecord(given)) throw new TargetError('refused', `the settings of a ${kind} connector have to be a JSON object`)
  const problems: string[] = []
  const settings: Record<string, unknown> = {}
  for (const name of Object.keys(given)) {
    if (!(name in table)) problems.push(`"${name}" is not one of them; there are ${Object.keys(table).join(', ')}`)
  }
  for (const [name, setting] of Object.entries(table)) {
    const read = given[name] === undefined ? usualOf(setting) : setting.read(given[name])
    if ('problem' in read) problems.push(`"${name}" has to be ${read.problem}`)
    else settings[name] = read.value
  }
  if (problems.length > 0) throw new TargetError('refused', `the settings of this ${kind} connector cannot be used: ${problems.join('; ')}`)
  return settings as SettingsOf<Table>
}

function usualOf(setting: Setting<unknown>): ReturnType<Setting<unknown>['read']> {
  return setting.usual === undefined ? { problem: 'given' } : { value: setting.usual }
}

/** A line of text that is not empty, such as `pattern` allows; `what` says what that is. */
export function text(about: string, { usual, pattern = /^.+$/s, what = 'text' }: TextOptions = {}): Setting<string> {
  return { usual, about, read: (given) => (typeof given === 'string' && pattern.test(given) ? { value: given } : { problem: what }) }
}

interface TextOptions {
  usual?: string
  pattern?: RegExp
  what?: string
}

/** The same, or null when there is none. */
export function optionalText(about: string, options: Omit<TextOptions, 'usual'> = {}): Setting<string | null> {
  const inner = text(about, options)
  return { usual: null, about, read: (given) => (given === null ? { value: null } : inner.read(given)) }
}

/** An address of one of the schemes (`http:`). */
export function address(about: string, schemes: string[]): Setting<string> {
  const problem = `an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`
  const isOne = (given: string) => URL.canParse(given) && schemes.includes(new URL(given).protocol) && new URL(given).hostname !== ''
  return { usual: undefined, about, read: (given) => (typeof given === 'string' && isOne(given) ? { value: given } : { problem }) }
}

/** A whole number between two others, these included. */
export function whole(about: string, usual: number, { from, to }: { from: number; to: number }): Setting<number> {
  const isOne = (given: unknown): given is number => Number.isInteger(given) && Number(given) >= from && Number(given) <= to
  return { usual, about, read: (given) => (isOne(given) ? { value: given } : { problem: `a whole number from ${from} to ${to}` }) }
}

/** One of a few words, which `about` is completed by. */
export function choice<const Word extends string>(about: string, usual: Word, words: readonly Word[]): Setting<Word> {
  const problem = words.map((word) => `"${word}"`).join(' or ')
  return {
    usual,
    about: `${about}: ${words.map((word) => `\`${word}\``).join(' or ')}`,
    read: (given) => {
      const value = words.find((word) => word === given)
      return value === undefined ? { problem } : { value }
    },
  }
}

/** Yes or no. */
export function flag(about: string, usual: boolean): Setting<boolean> {
  return { usual, about, read: (given) => (typeof given === 'boolean' ? { value: given } : { problem: 'true or false' }) }
}

/** A list of texts with at least one in it. */
export function texts(about: string, usual: string[]): Setting<string[]> {
  const isOne = (given: unknown): given is string[] =>
    Array.isArray(given) && given.length > 0 && given.every((one) => typeof one === 'string' && one !== '')
  return { usual, about, read: (given) => (isOne(given) ? { value: given } : { problem: 'a list of texts' }) }
}

/** A JSON object that is passed on as it is. */
export function record(about: string, usual: Record<string, unknown>): Setting<Record<string, unknown>> {
  return { usual, about, read: (given) => (isRecord(given) ? { value: given } : { problem: 'a JSON object' }) }
}

/** A JSON object of texts, with at least one in it. */
export function textsByName(about: string, usual: Record<string, string>): Setting<Record<string, string>> {
  const isOne = (given: unknown): given is Record<string, string> =>
    isRecord(given) && Object.keys(given).length > 0 && Object.values(given).every((one) => typeof one === 'string' && one !== '')
  return { usual, about, read: (given) => (isOne(given) ? { value: given } : { problem: 'a JSON object of texts, at least one' }) }
}

/** The limit that every kind has. */
export const timeLimit = whole('the longest wait for one answer, in milliseconds; one step of work gets six times that', 10_000, {
  from: 50,
  to: 600_000,
})

function isRecord(given: unknown): given is Record<string, unknown> {
  return given instanceof Object && !Array.isArray(given)
}
