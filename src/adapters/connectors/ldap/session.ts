import { connect as connectPlainly, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecurely, type TLSSocket } from 'node:tls'
import {
  AndFilter,
  Attribute,
  Change,
  Client,
  type Entry,
  EqualityFilter,
  type Filter,
  FilterParser,
  InvalidCredentialsError,
  ResultCodeError,
} from 'ldapts'
import { TargetError } from '../../../ports.ts'
import { inTime, type TimeBudget } from '../time-budget.ts'
import type { LdapSettings } from './settings.ts'

/** An entry with the attributes that were asked for, by their names in lower case. */
export interface LdapEntry {
  dn: string
  values(attribute: string): string[]
  /** The names of the attributes that it shows. */
  names(): string[]
}

interface LdapSearch {
  base: string
  /** `base` is the entry itself, `sub` all below it, too. */
  scope: 'base' | 'sub'
  /** In the language of filters: only what comes from the settings. */
  filter: string
  /** And this attribute has this value, whatever characters are in it. */
  equals?: [attribute: string, value: string]
  attributes: string[]
}

export interface LdapChange {
  operation: 'add' | 'delete' | 'replace'
  attribute: string
  values: string[]
}

/** One connection, encrypted as the settings have it and known to the server. Every call throws LdapRefusal or TargetError. */
export interface LdapSession {
  search(search: LdapSearch): Promise<LdapEntry[]>
  pages(search: LdapSearch): AsyncGenerator<LdapEntry[]>
  add(dn: string, attributes: Record<string, string[]>): Promise<void>
  modify(dn: string, changes: LdapChange[]): Promise<void>
  close(): void
}

/** The server said no. `code` is the result code of the protocol. */
export class LdapRefusal extends TargetError {
  readonly code: number

  constructor(code: number, message: string) {
    super(kindOf(code), message)
    this.code = code
  }
}

export const ldapCodes = {
  noSuchAttribute: 16,
  valueExists: 20,
  noSuchObject: 32,
  invalidName: 34,
  objectClassViolation: 65,
  entryExists: 68,
} as const

const PAGE_SIZE = 500
const LONGEST_MESSAGE = 300
/** operationsError, timeLimitExceeded, sizeLimitExceeded, adminLimitExceeded, loopDetect, other: they may pass. */
const MAY_PASS = [1, 3, 4, 11, 54, 80]
const BUSY = [51, 52]

function kindOf(code: number): TargetError['kind'] {
  if (BUSY.includes(code)) return 'busy'
  return MAY_PASS.includes(code) ? 'failed' : 'refused'
}

/** Connects, encrypts and binds. Throws TargetError when one of them does not work. */
export async function openLdapSession(settings: LdapSettings, budget: TimeBudget): Promise<LdapSession> {
  const { client, destroy } = clientOf(settings)
  const timed = <T>(what: string, work: () => Promise<T>) =>
    budget
      .run(what, (limitMs) => inTime(what, limitMs, destroy, work))
      .catch((error: unknown) => {
        throw translated(what, error, settings.password)
      })
  try {
    if (settings.startTls && new URL(settings.url).protocol === 'ldap:') await timed('StartTLS', () => client.startTLS(trustOf(settings)))
    await timed('bind', () => client.bind(settings.bindDn, settings.password))
  } catch (error) {
    destroy()
    throw error
  }
  return sessionOver(client, timed, destroy)
}

function sessionOver(client: Client, timed: <T>(what: string, work: () => Promise<T>) => Promise<T>, destroy: () => void): LdapSession {
  return {
    async search({ base, scope, attributes, ...rest }) {
      const options = { scope, attributes, filter: filterOf(rest), paged: { pageSize: PAGE_SIZE } }
      const found = await timed(`search below ${base}`, () => client.search(base, options))
      return found.searchEntries.map(entryOf)
    },
    async *pages({ base, scope, attributes, ...rest }) {
      const pages = client.searchPaginated(base, { scope, attributes, filter: filterOf(rest), paged: { pageSize: PAGE_SIZE } })
      for (;;) {
        const { value, done } = await timed(`search below ${base}`, () => pages.next())
        if (done) return
        yield value.searchEntries.map(entryOf)
      }
    },
    add: (dn, attributes) => timed(`add ${dn}`, () => client.add(dn, attributes)),
    modify: (dn, changes) => timed(`modify ${dn}`, () => client.modify(dn, changes.map(changeOf))),
    close: destroy,
  }
}

/** The library connects anew when a connection is lost, without encryption and as nobody: to nobody, much is not there. So it may not. */
function clientOf(settings: LdapSettings): { client: Client; destroy: () => void } {
  let socket: Socket | undefined
  const once = (connect: () => Socket) => {
    if (socket !== undefined) throw new TargetError('unreachable', 'the connection to the target was lost')
    socket = connect()
    return socket
  }
  const { port, protocol } = new URL(settings.url)
  const host = hostOf(settings)
  const encrypted = () => connectSecurely({ ...trustOf(settings), port: Number(port || 636) })
  const client = new Client({
    url: settings.url,
    ...(protocol === 'ldaps:'
      ? { createSecureConnection: () => once(encrypted) as TLSSocket }
      : { createConnection: () => once(() => connectPlainly(Number(port || 389), host)) }),
  })
  // Without an error, whoever waits for the connection would wait for ever.
  return { client, destroy: () => void socket?.destroy(new Error('given up')) }
}

function hostOf(settings: LdapSettings): string {
  return new URL(settings.url).hostname.replace(/^\[|\]$/g, '')
}

function trustOf(settings: LdapSettings): ConnectionOptions {
  const host = hostOf(settings)
  return {
    host,
    // Certificates are for the name in the settings. A number is not sent as a name; it is compared nevertheless.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(settings.caCertificate === null ? {} : { ca: settings.caCertificate }),
  }
}

function translated(what: string, error: unknown, secret: string): TargetError {
  if (error instanceof TargetError) return error
  if (!(error instanceof Error)) throw error
  if (error instanceof InvalidCredentialsError) return new LdapRefusal(error.code, `${what}: the target does not take the password`)
  // The library puts what the socket said into the last line.
  const words = (error.message.trim().split('\n').at(-1) ?? '').replaceAll(secret, '…').slice(0, LONGEST_MESSAGE)
  if (error instanceof ResultCodeError) return new LdapRefusal(error.code, `${what}: ${words}`)
  const told = words === '' && 'code' in error ? String(error.code) : words
  return new TargetError('unreachable', `${what}: the target cannot be reached or broke the connection (${told})`)
}

function filterOf({ filter, equals }: Pick<LdapSearch, 'filter' | 'equals'>): Filter {
  const given = parsed(filter)
  if (equals === undefined) return given
  const [attribute, value] = equals
  return new AndFilter({ filters: [given, new EqualityFilter({ attribute, value })] })
}

function parsed(filter: string): Filter {
  try {
    return FilterParser.parseString(filter)
  } catch {
    throw new TargetError('refused', `${filter} is no filter of LDAP`)
  }
}

function changeOf({ operation, attribute, values }: LdapChange): Change {
  return new Change({ operation, modification: new Attribute({ type: attribute, values }) })
}

function entryOf({ dn, ...attributes }: Entry): LdapEntry {
  const byName = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), [value].flat().map(String)]))
  return { dn, values: (attribute) => byName.get(attribute.toLowerCase()) ?? [], names: () => Object.keys(attributes) }
}
