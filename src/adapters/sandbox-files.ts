import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** What a sandbox keeps in its data folder beside the database. Files that hold a secret are readable by their owner only. */

export interface SandboxKeys {
  signingKey: string
  encryptionKey: string
}

export interface AdminCredentials {
  baseUrl: string
  clientId: string
  clientSecret: string
}

/** The keys of this data folder, made on the first start. */
export async function loadOrMakeKeys(folder: string): Promise<SandboxKeys> {
  const file = join(folder, 'keys.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text !== undefined) return JSON.parse(text) as SandboxKeys
  const keys = { signingKey: randomBytes(32).toString('hex'), encryptionKey: randomBytes(32).toString('hex') }
  await writeSecret(folder, 'keys.json', `${JSON.stringify(keys, null, 2)}\n`)
  return keys
}

/** The names that the official SDKs read; `set -a; . data/admin.env` is all that a script needs. */
export async function saveAdminCredentials(folder: string, admin: AdminCredentials): Promise<void> {
  const lines = [`SAIL_BASE_URL=${admin.baseUrl}`, `SAIL_CLIENT_ID=${admin.clientId}`, `SAIL_CLIENT_SECRET=${admin.clientSecret}`]
  await writeSecret(folder, 'admin.env', `${lines.join('\n')}\n`)
}

/** What an earlier start wrote, or undefined. */
export async function findAdminCredentials(folder: string): Promise<AdminCredentials | undefined> {
  const text = await readFile(join(folder, 'admin.env'), 'utf8').catch(() => '')
  const value = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1]
  const [baseUrl, clientId, clientSecret] = [value('SAIL_BASE_URL'), value('SAIL_CLIENT_ID'), value('SAIL_CLIENT_SECRET')]
  return baseUrl && clientId && clientSecret ? { baseUrl, clientId, clientSecret } : undefined
}

/** Whole or not at all: written beside, synced, then renamed. */
async function writeSecret(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const draft = join(folder, `${name}.draft`)
  const file = await open(draft, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, name))
}
