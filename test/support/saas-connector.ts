import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface SaasProcess {
  url: string
  /** What its commands have to bring. */
  config: { apiKey: string }
  /** Everything it was started with and sent, as text. */
  seen(): Promise<string>
  stop(): Promise<void>
}

const root = join(import.meta.dirname, '..', '..')

/** Starts the tests' own SaaS connector as a process of its own, as somebody who runs one would: it has nothing of ours. */
export async function startSaasConnector(): Promise<SaasProcess> {
  const script = join(import.meta.dirname, 'saas-connector-main.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: root, env: {}, stdio: ['ignore', 'pipe', 'inherit'] })
  const abandon = () => void child.kill('SIGKILL')
  process.once('exit', abandon)
  const [port] = await once(child.stdout, 'data')
  const url = `http://127.0.0.1:${String(port).trim()}/`
  return {
    url,
    config: { apiKey: 'key-of-the-connector' },
    seen: async () => (await fetch(url)).text(),
    async stop() {
      process.off('exit', abandon)
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    },
  }
}
