import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runScimTarget } from './scim-target.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    // In a file, because every user of the machine can read a command line.
    'token-file': { type: 'string' },
    'delay-ms': { type: 'string', default: '0' },
    seed: { type: 'string' },
  },
})

const { folder, 'token-file': tokenFile, seed } = values
if (folder === undefined || tokenFile === undefined) {
  console.error('usage: scim-target --folder F --token-file T [--port P] [--seed S] [--delay-ms N]')
  process.exit(2)
}

try {
  const target = await runScimTarget({
    folder,
    port: Number(values.port),
    token: readFileSync(tokenFile, 'utf8').trim(),
    delayMs: Number(values['delay-ms']),
    ...(seed === undefined ? {} : { seed }),
  })
  console.log(`SCIM target on http://127.0.0.1:${target.port}/scim/v2, state in ${folder}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => target.close().then(() => process.exit(0)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
