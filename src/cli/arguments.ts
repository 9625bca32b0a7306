import { parseArgs } from 'node:util'

export type Role = 'api' | 'worker' | 'all'

export type Command =
  | { name: 'sandbox' }
  | { name: 'serve'; role: Role }
  | { name: 'migrate' }
  | { name: 'import'; folder: string }
  | { name: 'token'; alias: string | undefined; client: string; scopes: string[] }
  | { name: 'source-connect'; source: string; connector: string; settingsFile: string }
  | { name: 'source-test'; source: string }
  | { name: 'policy'; verb: 'check' | 'test'; path: string }
  | { name: 'policy-apply'; path: string; dryRun: boolean }
  | { name: 'source-list' }
  | { name: 'source-sync'; source: string }
  | { name: 'source-drift'; source: string }
  | { name: 'source-settle'; source: string; move: 'adopt' | 'revert'; ids: string[] | 'all' }
  | { name: 'source-limit'; source: string; maxJobs: number | null }
  | { name: 'source-leavers'; source: string; disableAccounts: boolean }
  | { name: 'request-retry'; ids: string[]; source: string | undefined }
  | { name: 'request-stuck'; hours: number | undefined }
  | { name: 'doctor' }
  | { name: 'help' }

/** A command line that cannot be understood; the message says what to type. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `countersign COMMAND

  sandbox                       run everything on this machine: embedded database, demo organisation, demo target (npm start)
  serve [--role api|worker|all] run a production node; settings come from the environment
  migrate                       bring the database schema up to date
  import DIR                    read an organisation from CSV files (docs/import.md)
  token ALIAS [--scopes a,b]    make a personal access token for a person; --client NAME instead of ALIAS makes one without a person
  source connect NAME KIND FILE give a source its connector (docs/targets.md) with the settings in a JSON file
  source test NAME              reach the target of a source and check its credentials
  policy check PATH             read policies (docs/policies.md) and tell all that is wrong with them
  policy test PATH              try policies with the scenarios beside them
  policy apply PATH [--dry-run] write policies into the configuration, all or nothing
  source list                   how every source does
  source sync NAME              read all that the target of a source has; what came or went behind our back is told
  source drift NAME             list what came or went behind our back
  source adopt NAME ID...       follow the target: what was added is imported access, what was removed is given up; --all for all
  source revert NAME ID...      make the target follow us: remove there what was added, put back what was removed; --all for all
  source limit NAME N           at most N jobs at work with its target at a time; "usual" for as many as is usual
  request stuck [--hours N]     list what has not moved, and why
  source leavers NAME disable   disable the accounts of people who leave, enable them when they return; "keep": leave them alone (usual)
  request retry ID...           try again what failed of a request; --source NAME instead: whatever failed at a source
  doctor                        print every setting, and check that the database answers

Commands that change data ask for the mode with --production; without it they work on the sandbox in COUNTERSIGN_DATA.`

/** Takes what follows the program's name; returns the command. Refuses (UsageError) what it does not know. */
export function parseCommand(argv: string[]): { command: Command; production: boolean } {
  const { values, positionals } = parse(argv)
  const [name, ...rest] = positionals
  const production = values.production === true || name === 'serve'
  const command = commandOf(name, rest, values)
  if (command.name === 'sandbox' && production) throw new UsageError('A sandbox is not for production: use "countersign serve".')
  return { command, production }
}

interface Values {
  role?: string
  scopes?: string
  client?: string
  source?: string
  hours?: string
  all?: boolean
  production?: boolean
  'dry-run'?: boolean
  help?: boolean
}

function parse(argv: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        role: { type: 'string' },
        scopes: { type: 'string' },
        client: { type: 'string' },
        source: { type: 'string' },
        hours: { type: 'string' },
        all: { type: 'boolean' },
        production: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function commandOf(name: string | undefined, rest: string[], values: Values): Command {
  if (values.help || name === undefined || name === 'help') return { name: 'help' }
  if (name === 'sandbox' || name === 'migrate' || name === 'doctor') return only({ name }, rest, 0)
  if (name === 'serve') return only({ name, role: roleOf(values.role ?? 'all') }, rest, 0)
  if (name === 'import') return only({ name, folder: rest[0] ?? '' }, rest, 1)
  if (name === 'token') return tokenCommand(rest, values)
  if (name === 'policy') return policyCommand(rest, values)
  if (name === 'source') return sourceCommand(rest, values)
  if (name === 'request') return requestCommand(rest, values)
  throw new UsageError(`There is no command "${name}".`)
}

function tokenCommand(rest: string[], values: Values): Command {
  const scopes = values.scopes?.split(',').map((scope) => scope.trim()) ?? ['sp:scopes:all']
  if (values.client !== undefined) return only({ name: 'token', alias: undefined, client: values.client, scopes }, rest, 0)
  return only({ name: 'token', alias: rest[0] ?? '', client: `token of ${rest[0]}`, scopes }, rest, 1)
}

function policyCommand(rest: string[], values: Values): Command {
  const [verb, path = ''] = rest
  if (verb === 'apply') return only({ name: 'policy-apply', path, dryRun: values['dry-run'] === true }, rest, 2)
  if (verb === 'check' || verb === 'test') return only({ name: 'policy', verb, path }, rest, 2)
  throw new UsageError(`There is no command "policy ${verb ?? ''}".`)
}

function sourceCommand(rest: string[], values: Values): Command {
  const [verb, source = '', connector = '', settingsFile = ''] = rest
  if (verb === 'connect') return only({ name: 'source-connect', source, connector, settingsFile }, rest, 4)
  if (verb === 'test') return only({ name: 'source-test', source }, rest, 2)
  if (verb === 'list') return only({ name: 'source-list' }, rest, 1)
  if (verb === 'sync' || verb === 'drift') return only({ name: `source-${verb}`, source }, rest, 2)
  if (verb === 'limit') return only({ name: 'source-limit', source, maxJobs: limitOf(connector) }, rest, 3)
  if (verb === 'adopt' || verb === 'revert') return settleCommand(verb, rest.slice(1), values)
  if (verb === 'leavers') return only({ name: 'source-leavers', source, disableAccounts: leaversOf(connector) }, rest, 3)
  throw new UsageError(`There is no command "source ${verb ?? ''}".`)
}

function leaversOf(word: string): boolean {
  if (word === 'disable' || word === 'keep') return word === 'disable'
  throw new UsageError('"source leavers" takes the name of a source and "disable" or "keep".')
}

function settleCommand(move: 'adopt' | 'revert', [source = '', ...ids]: string[], values: Values): Command {
  if (source === '' || ids.length > 0 === (values.all === true))
    throw new UsageError(`"source ${move}" takes the name of a source and the ids that "source drift" shows, or --all.`)
  return { name: 'source-settle', source, move, ids: values.all ? 'all' : ids }
}

function limitOf(text: string): number | null {
  if (text === 'usual') return null
  const jobs = Number(text)
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 1000) throw new UsageError(`${text}: give a number from 1 to 1000, or "usual".`)
  return jobs
}

function requestCommand(rest: string[], values: Values): Command {
  const [verb, ...ids] = rest
  if (verb === 'stuck') return only({ name: 'request-stuck', hours: hoursOf(values.hours) }, ids, 0)
  if (verb !== 'retry') throw new UsageError(`There is no command "request ${verb ?? ''}".`)
  if (ids.length > 0 === (values.source !== undefined))
    throw new UsageError('"request retry" takes the ids of requests, or --source NAME for whatever failed there.')
  return { name: 'request-retry', ids, source: values.source }
}

function hoursOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const hours = Number(text)
  if (text.trim() === '' || !(hours >= 0)) throw new UsageError(`--hours ${text}: give a number such as 24.`)
  return hours
}

function only(command: Command, rest: string[], count: number): Command {
  if (rest.length !== count)
    throw new UsageError(`"${command.name.replace('-', ' ')}" takes ${count === 0 ? 'nothing' : count} after it, not ${rest.length}.`)
  return command
}

function roleOf(text: string): Role {
  if (text === 'api' || text === 'worker' || text === 'all') return text
  throw new UsageError(`--role ${text}: give api, worker or all.`)
}
