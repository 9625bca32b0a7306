import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WriteLine } from '../../demo/scim-target-state.ts'
import { type DemoTarget, startDemoTarget } from '../../src/adapters/demo-target.ts'
import type { NewTargetAccount } from '../../src/ports.ts'
import type { EffectiveWrite } from './books.ts'

export const SCIM_TARGET_SCRIPT = join(import.meta.dirname, '../../demo/scim-target-main.ts')

export interface ScimDemo {
  target: DemoTarget
  folder: string
  messages: string[]
  writes(): WriteLine[]
  close(): Promise<void>
}

/** Starts the real demo target, as a process of its own, over a new folder and with the groups named. */
export async function startScimDemo(groups: string[]): Promise<ScimDemo> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-target-'))
  const seed = join(folder, 'seed.json')
  writeFileSync(seed, JSON.stringify({ groups: groups.map((displayName) => ({ displayName })) }))
  const messages: string[] = []
  const target = await startDemoTarget({ script: SCIM_TARGET_SCRIPT, folder, seed, log: (message) => messages.push(message) })
  return {
    target,
    folder,
    messages,
    writes: () => writesIn(folder),
    async close() {
      await target.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function writesIn(folder: string): WriteLine[] {
  return readFileSync(join(folder, 'writes.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** What its groups were told and did not have before, in order. */
export function groupWritesIn(folder: string): EffectiveWrite[] {
  const writes = writesIn(folder).filter(({ effective, resource }) => effective && resource === 'Group')
  return writes.flatMap(({ name, change }) => [
    ...(change?.added ?? []).map((who) => ({ call: 'addValue', nativeIdentity: who, value: name ?? '' })),
    ...(change?.removed ?? []).map((who) => ({ call: 'removeValue', nativeIdentity: who, value: name ?? '' })),
  ])
}

let users = 0

/** A person whom no target has yet. */
export function newScimUser(): NewTargetAccount {
  const number = ++users
  return {
    nativeIdentity: `user.${number}`,
    displayName: `User Number ${number}`,
    firstName: 'User',
    lastName: `Number ${number}`,
    email: `user.${number}@example.org`,
  }
}
