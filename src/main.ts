import { join } from 'node:path'
import { pinoLogger } from './adapters/log.ts'
import { EmbeddedPostgresError } from './adapters/postgres-embedded.ts'
import { SealError } from './adapters/secret-box.ts'
import { type Command, parseCommand, UsageError, usage } from './cli/arguments.ts'
import { ConfigError, readConfig } from './config.ts'
import { DomainError } from './domain/errors.ts'
import { CAREFUL, doctor, importFolder, makeToken, runCarefully } from './main/commands.ts'
import { type Node, openNode } from './main/open-node.ts'
import { applyPolicyFolder, tryPolicies } from './main/policies.ts'
import { retryRequests, tellStuck } from './main/request-commands.ts'
import { runSandbox } from './main/run-sandbox.ts'
import { runServer } from './main/run-server.ts'
import {
  connectSource,
  limitSourceJobs,
  setLeavers,
  settleSourceDrift,
  syncNow,
  tellDrift,
  tellSources,
  testSource,
} from './main/source-commands.ts'
import { TargetError } from './ports.ts'

/** Where the package lies: this file is in src/ or, bundled, in dist/. */
const home = join(import.meta.dirname, '..')

async function main(argv: string[]): Promise<number> {
  const { command, production } = parseCommand(argv)
  if (command.name === 'help') {
    console.log(usage)
    return 0
  }
  if (command.name === 'import' && !process.execArgv.includes(CAREFUL[0])) return runCarefully(argv)
  const config = readConfig(production ? 'production' : 'sandbox')
  const log = pinoLogger(config.logLevel)
  if (command.name === 'policy') return tryPolicies(command)
  if (command.name === 'doctor') return doctor(home, config, log)
  const node = await openNode(home, config, log, command.name !== 'sandbox')
  try {
    return await run(node, command)
  } finally {
    await node.close()
  }
}

function run(node: Node, command: Exclude<Command, { name: 'help' | 'doctor' | 'policy' }>): Promise<number> {
  switch (command.name) {
    case 'sandbox':
      return runSandbox(node)
    case 'serve':
      return runServer(node, command.role, () => undefined)
    case 'migrate':
      return Promise.resolve(0)
    case 'import':
      return importFolder(node, command.folder)
    case 'token':
      return makeToken(node, command)
    case 'policy-apply':
      return applyPolicyFolder(node, command)
    case 'source-connect':
      return connectSource(node, command)
    case 'source-test':
      return testSource(node, command.source)
    case 'source-list':
      return tellSources(node)
    case 'source-sync':
      return syncNow(node, command.source)
    case 'source-drift':
      return tellDrift(node, command.source)
    case 'source-settle':
      return settleSourceDrift(node, command)
    case 'source-limit':
      return limitSourceJobs(node, command)
    case 'source-leavers':
      return setLeavers(node, command)
    case 'request-retry':
      return retryRequests(node, command)
    case 'request-stuck':
      return tellStuck(node, command.hours)
  }
}

/** What a person at the keyboard can mend needs no stack trace. */
function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`
  if (error instanceof ConfigError || error instanceof DomainError || error instanceof EmbeddedPostgresError) return error.message
  if (error instanceof SealError || error instanceof TargetError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(explain(error))
    process.exitCode = 1
  },
)
