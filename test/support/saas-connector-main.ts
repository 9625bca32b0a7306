/**
 * A connector that speaks the SaaS commands over HTTP, written from the published description and for the tests, in a process of its own:
 * it keeps accounts and groups in memory and prints the port it listens on. `config` chooses its manners and its faults.
 */
import { createServer, type ServerResponse } from 'node:http'

interface Account {
  id: string
  disabled: boolean
  attributes: Record<string, unknown>
  groups: string[]
}

interface Command {
  type: string
  input: Record<string, unknown>
  config: Record<string, unknown>
}

class Refusal extends Error {
  readonly status: number
  readonly type: string | undefined

  constructor(status: number, message: string, type?: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

const groups = ['Readers', 'Writers']
const accounts = new Map<string, Account>()
/** What came over the wire, and what this process was started with. */
const seen: object[] = [{ env: process.env, argv: process.argv.slice(2) }]

function shown(account: Account, config: Command['config']): object {
  // A connector of the older kind knows no keys, and one value goes without a list.
  const values = config['manners'] === 'old' && account.groups.length === 1 ? account.groups[0] : account.groups
  const name = config['manners'] === 'old' ? { identity: account.id } : { key: { simple: { id: account.id } } }
  return { ...name, disabled: account.disabled, locked: false, attributes: { ...account.attributes, groups: values } }
}

function found({ identity, key }: Record<string, unknown>): Account {
  const id = String(Object(Object(key).simple).id ?? identity)
  const account = accounts.get(id)
  if (account === undefined) throw new Refusal(500, `there is no account ${id}`, 'notFound')
  return account
}

function create({ attributes }: Record<string, unknown>): Account {
  const { id, ...rest } = Object(attributes)
  if (accounts.has(id)) throw new Refusal(500, `${id} exists`)
  const account = { id, disabled: false, attributes: { id, ...rest }, groups: [] }
  accounts.set(id, account)
  return account
}

function update(input: Record<string, unknown>): Account {
  const account = found(input)
  for (const { op, attribute, value } of input['changes'] as Array<Record<string, string>>) {
    if (attribute !== 'groups' || !groups.includes(value ?? '')) throw new Refusal(400, `there is no ${attribute} ${value}`)
    // Not forgiving: what is there is not added, what is gone is not removed.
    if (account.groups.includes(value ?? '') === (op === 'Add')) throw new Refusal(500, `${op} ${value}: it is so already`)
    account.groups = op === 'Add' ? [...account.groups, value ?? ''] : account.groups.filter((one) => one !== value)
  }
  return account
}

function carryOut({ type, input, config }: Command): object[] {
  if (config['apiKey'] !== 'key-of-the-connector') throw new Refusal(401, 'the apiKey is wrong')
  if (type === 'std:test-connection') return [{}]
  if (type === 'std:account:list') return [...accounts.values()].map((account) => shown(account, config))
  if (type === 'std:account:read') return [shown(found(input), config)]
  if (type === 'std:account:create') return [shown(create(input), config)]
  if (type === 'std:account:update') return [shown(update(input), config)]
  if (type === 'std:account:enable' || type === 'std:account:disable') {
    const account = found(input)
    account.disabled = type === 'std:account:disable'
    return [shown(account, config)]
  }
  if (type === 'std:entitlement:list' && input['type'] === 'group') {
    return groups.map((id) => ({ key: { simple: { id } }, type: 'group', attributes: { id, name: `The ${id}`, description: `All ${id}` } }))
  }
  throw new Refusal(400, `the command ${type} is not implemented`)
}

function answer(response: ServerResponse, outputs: object[], { config }: Command): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  if (config['manners'] === 'array') return void response.end(JSON.stringify(outputs, null, 2))
  const wraps = config['manners'] === 'wrapped'
  if (wraps) response.write(`${JSON.stringify({ type: 'keepAlive' })}\n\n`)
  for (const [index, output] of outputs.entries()) {
    // What was written before is on its way by then.
    if (index === 2 && config['fault'] === 'dies') return void setTimeout(() => response.socket?.destroy(), 100)
    if (index === 2 && config['fault'] === 'stops') return
    if (index === 2 && config['fault'] === 'error')
      return void response.end(`${JSON.stringify({ type: 'error', message: 'broke half way' })}\n`)
    response.write(`${JSON.stringify(wraps ? { type: 'output', data: output } : output)}\n`)
  }
  response.end(wraps ? JSON.stringify({ type: 'state', data: { since: 1 } }) : '')
}

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return void response.end(JSON.stringify(seen))
  let text = ''
  for await (const part of request) text += part
  const command: Command = JSON.parse(text)
  seen.push({ headers: request.headers, command })
  const { config } = command
  if (config['fault'] === 'hangs') return
  if (config['fault'] === 'busy') return void response.writeHead(429, { 'retry-after': '3' }).end()
  if (config['fault'] === 'redirects') return void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
  if (config['fault'] === 'no JSON') return void response.end('<html>\n')
  if (config['fault'] === 'nothing') return void response.end('')
  if (config['fault'] === 'not found') return void response.writeHead(404).end('Cannot POST /')
  try {
    answer(response, carryOut(command), command)
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, String(error))
    response.writeHead(refusal.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ message: refusal.message, type: refusal.type }))
  }
})
server.listen(0, '127.0.0.1', () => console.log(Object(server.address()).port))
