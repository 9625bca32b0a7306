import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import { startDemoTarget } from '../../src/adapters/demo-target.ts'
import { newScimUser, SCIM_TARGET_SCRIPT, type ScimDemo, startScimDemo, writesIn } from '../support/scim-demo.ts'

let demo: ScimDemo

beforeAll(async () => {
  demo = await startScimDemo(['Readers'])
})
afterAll(() => demo.close())

const options = () => ({ script: SCIM_TARGET_SCRIPT, folder: demo.folder, seed: join(demo.folder, 'seed.json'), log: () => {} })

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  for (let poll = 0; poll < 200; poll++) {
    if (await what()) return
    await sleep(100)
  }
  throw new Error('waited 20 s in vain')
}

async function killAndAwaitRestart(): Promise<void> {
  const { pid } = demo.target
  process.kill(pid, 'SIGKILL')
  await until(() => demo.target.pid !== pid)
}

describe('the demo target', () => {
  test('keeps its token and address where only its owner can read them', () => {
    for (const file of ['token', 'target.json', 'state.json', 'writes.jsonl']) {
      const path = join(demo.folder, file)
      if (file === 'writes.jsonl') appendFileSync(path, '', { mode: 0o600 })
      expect(statSync(path).mode & 0o777, file).toBe(0o600)
    }
  })

  test('answers 401 without its token', async () => {
    const answer = await fetch(`${demo.target.baseUrl}/Users`)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ status: '401' })
  })

  test('killed with -9 it comes back on the same port with all it had answered', async () => {
    const connector = scimConnector({ baseUrl: demo.target.baseUrl, token: demo.target.token })
    const user = newScimUser()
    await connector.createAccount(user)
    await connector.addValue({ nativeIdentity: user.nativeIdentity, attribute: 'groups', value: 'Readers' })
    await killAndAwaitRestart()
    expect(await connector.readAccount(user.nativeIdentity)).toMatchObject({ name: user.displayName, values: { groups: ['Readers'] } })
    expect(demo.messages.join('\n')).toContain('is gone')
  })

  test('killed in the middle of many writes it has every write that it answered, each in the log once', async () => {
    const connector = scimConnector({ baseUrl: demo.target.baseUrl, token: demo.target.token })
    const users = Array.from({ length: 60 }, newScimUser)
    const answered: string[] = []
    const writing: Promise<unknown>[] = []
    await new Promise<void>((someAnswered) => {
      for (const user of users) {
        const ended = connector.createAccount(user).then(
          () => answered.push(user.nativeIdentity) === 5 && someAnswered(),
          () => {},
        )
        writing.push(ended)
      }
    })
    await killAndAwaitRestart()
    await Promise.all(writing)
    expect(answered.length).toBeLessThan(users.length)
    for (const name of answered) expect(await connector.readAccount(name)).toBeDefined()
    const logged = demo.writes().filter((write) => write.effective)
    expect(logged.map((write) => write.seq)).toEqual(logged.map((_, index) => index + 1))
    const present = await Promise.all(users.map((user) => connector.readAccount(user.nativeIdentity)))
    const created = logged.map((write) => write.name)
    for (const [index, user] of users.entries()) expect(created.includes(user.nativeIdentity)).toBe(present[index] !== undefined)
  })

  test('is adopted by a second start instead of being started twice', async () => {
    const second = await startDemoTarget(options())
    expect(second).toMatchObject({ baseUrl: demo.target.baseUrl, token: demo.target.token, pid: demo.target.pid })
    expect(readFileSync(join(demo.folder, 'target.json'), 'utf8')).toContain(`"pid":${demo.target.pid}`)
    const { pid } = demo.target
    await second.stop()
    // Whoever still watches over it sees it end and starts it again.
    await until(() => demo.target.pid !== pid)
  })
})

describe('the write log of the demo target', () => {
  test('gets back the line that a crash kept out of it, and loses the half of one', async () => {
    const own = await startScimDemo(['Readers'])
    try {
      const connector = scimConnector({ baseUrl: own.target.baseUrl, token: own.target.token })
      await connector.createAccount(newScimUser())
      const before = own.writes()
      await own.target.stop()
      const log = join(own.folder, 'writes.jsonl')
      truncateSync(log, statSync(log).size - 20)
      const again = await startDemoTarget({
        script: SCIM_TARGET_SCRIPT,
        folder: own.folder,
        seed: join(own.folder, 'seed.json'),
        log: () => {},
      })
      expect(again.baseUrl).toBe(own.target.baseUrl)
      expect(writesIn(own.folder)).toEqual(before)
      await again.stop()
    } finally {
      await own.close()
    }
  })

  test('tells refused writes from effective ones', async () => {
    const headers = { authorization: `Bearer ${demo.target.token}`, 'content-type': 'application/scim+json' }
    const send = (body: string) => fetch(`${demo.target.baseUrl}/Users`, { method: 'POST', headers, body })
    const userName = newScimUser().nativeIdentity
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName })
    expect([(await send(body)).status, (await send(body)).status, (await send('{')).status]).toEqual([201, 409, 400])
    expect(demo.writes().slice(-2)).toMatchObject([
      { name: userName, change: { created: true }, effective: true },
      { method: 'POST', effective: false, refused: 409 },
    ])
  })
})
