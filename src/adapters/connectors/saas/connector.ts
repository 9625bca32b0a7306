import {
  type Connector,
  type NewTargetAccount,
  type TargetAccount,
  type TargetEntitlement,
  TargetError,
  type TargetValue,
} from '../../../ports.ts'
import { noAccount } from '../refusals.ts'
import { readSettings } from '../settings.ts'
import { callBudget, listBudget } from '../time-budget.ts'
import { onlyOutput, type SaasOutput, SaasRefusal, type SaasRequest, saasRequests } from './commands.ts'
import { type SaasSettings, saasTable } from './settings.ts'

/** A connector to a process that speaks the commands of SailPoint's SaaS connectors. docs/targets.md says what we take the protocol to be. */
export function saasConnector(given: unknown): Connector {
  const settings = readSettings('saas', saasTable, given)
  const openCall = () => saasRequests(settings, callBudget(settings.timeoutMs))
  const openList = () => saasRequests(settings, listBudget(settings.timeoutMs))
  return {
    test: async () => void (await onlyOutput(openCall()('std:test-connection', {}))),
    readAccount: (name) => readAccount(openCall(), settings, name),
    createAccount: (account) => createAccount(openCall(), settings, account),
    addValue: (value) => change(openCall(), settings, value, true),
    removeValue: (value) => change(openCall(), settings, value, false),
    disableAccount: (name) => switchAccount(openCall(), settings, name, true),
    enableAccount: (name) => switchAccount(openCall(), settings, name, false),
    listAccounts: () => listAccounts(openList(), settings),
    listEntitlements: () => listEntitlements(openList(), settings),
    // Sockets belong to the process's shared pool and close when idle.
    close: async () => {},
  }
}

/** How an account is named in a command: older connectors look at `identity`, newer ones at `key`. */
function named(nativeIdentity: string) {
  return { identity: nativeIdentity, key: { simple: { id: nativeIdentity } } }
}

async function readAccount(request: SaasRequest, settings: SaasSettings, nativeIdentity: string): Promise<TargetAccount | undefined> {
  try {
    const output = await onlyOutput(request('std:account:read', named(nativeIdentity)))
    const account = output === undefined ? undefined : accountOf(settings, output)
    if (account !== undefined && account.nativeIdentity.toLowerCase() === nativeIdentity.toLowerCase()) return account
    const what = account === undefined ? 'no account and no error' : `the account '${account.nativeIdentity}'`
    throw new TargetError('failed', `std:account:read: asked for '${nativeIdentity}', the connector answered with ${what}`)
  } catch (error) {
    if (error instanceof SaasRefusal && error.isMissing) return undefined
    throw error
  }
}

async function createAccount(request: SaasRequest, settings: SaasSettings, account: NewTargetAccount): Promise<void> {
  // The protocol has no word for an account that exists already.
  if ((await readAccount(request, settings, account.nativeIdentity)) !== undefined) return
  await onlyOutput(request('std:account:create', { identity: account.nativeIdentity, attributes: attributesOf(settings, account) }))
}

function attributesOf({ accountAttributes }: SaasSettings, account: NewTargetAccount): SaasOutput {
  const known = new Map<unknown, string | null>(Object.entries(account).map(([name, value]) => [`$${name}`, value]))
  const filled = Object.entries(accountAttributes).map(([name, value]) => [name, known.has(value) ? known.get(value) : value])
  return Object.fromEntries(filled.filter(([, value]) => value !== null && value !== ''))
}

async function change(request: SaasRequest, settings: SaasSettings, value: TargetValue, present: boolean): Promise<void> {
  const { nativeIdentity, attribute } = value
  if (!(attribute in settings.entitlements)) {
    const there = Object.keys(settings.entitlements).join(', ')
    throw new TargetError('refused', `the settings name no attribute '${attribute}' with entitlements, only ${there}`)
  }
  const account = await readAccount(request, settings, nativeIdentity)
  if (account === undefined && !present) return
  if (account === undefined) throw noAccount(nativeIdentity)
  if (account.values[attribute]?.includes(value.value) === present) return
  const changes = [{ op: present ? 'Add' : 'Remove', attribute, value: value.value }]
  await onlyOutput(request('std:account:update', { ...named(nativeIdentity), changes }))
}

async function switchAccount(request: SaasRequest, settings: SaasSettings, nativeIdentity: string, disabled: boolean): Promise<void> {
  const account = await readAccount(request, settings, nativeIdentity)
  if (account === undefined && !disabled) throw noAccount(nativeIdentity)
  if (account === undefined || account.disabled === disabled) return
  await onlyOutput(request(disabled ? 'std:account:disable' : 'std:account:enable', named(nativeIdentity)))
}

async function* listAccounts(request: SaasRequest, settings: SaasSettings): AsyncGenerator<TargetAccount> {
  const listed = new Set<string>()
  for await (const output of request('std:account:list', {})) {
    const account = accountOf(settings, output)
    if (account === undefined) throw new TargetError('failed', 'std:account:list: the connector listed an account without identity or key')
    if (!listed.has(account.nativeIdentity)) yield account
    listed.add(account.nativeIdentity)
  }
}

async function* listEntitlements(request: SaasRequest, settings: SaasSettings): AsyncGenerator<TargetEntitlement> {
  for (const [attribute, type] of Object.entries(settings.entitlements)) {
    const listed = new Set<string>()
    for await (const output of request('std:entitlement:list', { type })) {
      const value = idOf(output)
      if (value === undefined) throw new TargetError('failed', 'std:entitlement:list: the connector listed one without identity or key')
      if (listed.has(value)) continue
      listed.add(value)
      const { name, displayName, description } = Object(output['attributes'])
      yield { attribute, value, name: textIn(displayName) ?? textIn(name) ?? value, description: textIn(description) ?? null }
    }
  }
}

/** An account in the words of the port; undefined for an object that names none. */
function accountOf({ entitlements, nameAttribute }: SaasSettings, output: SaasOutput): TargetAccount | undefined {
  const nativeIdentity = idOf(output)
  if (nativeIdentity === undefined) return undefined
  const attributes: SaasOutput = Object(output['attributes'])
  const values = Object.keys(entitlements).map((attribute) => [attribute, valuesIn(attributes[attribute])])
  return {
    nativeIdentity,
    name: textIn(attributes[nameAttribute]) ?? nativeIdentity,
    disabled: output['disabled'] === true,
    values: Object.fromEntries(values),
  }
}

/** `key` has taken the place of `identity`; a compound key is looked up by its first part. */
function idOf(output: SaasOutput): string | undefined {
  const { simple, compound } = Object(output['key'])
  return textIn(Object(simple).id) ?? textIn(output['identity']) ?? textIn(Object(compound).lookupId)
}

/** One value alone may come without a list around it. */
function valuesIn(given: unknown): string[] {
  const texts = [given].flat().filter((one) => (typeof one === 'string' && one !== '') || typeof one === 'number')
  return [...new Set(texts.map(String))].sort()
}

function textIn(given: unknown): string | undefined {
  return typeof given === 'string' && given !== '' ? given : undefined
}
