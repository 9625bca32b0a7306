import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folderMailer, mailsInFolder } from '../../src/adapters/mail-folder.ts'
import { makeTestFolder } from '../support/database.ts'
import { arrivedOf, mailerSuite, mailTo } from './mailer.ts'

let data = ''
beforeAll(async () => {
  data = await makeTestFolder()
})
afterAll(() => rm(data, { recursive: true }))

const from = 'Access <access@example.com>'
const clock = { at: new Date('2030-01-01T00:00:00Z'), now: () => clock.at }

async function mailsIn(folder: string) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'))
  return Promise.all(names.sort().map(async (name) => PostalMime.parse(await readFile(join(folder, name)))))
}

mailerSuite('the folder', async () => {
  const folder = join(await makeTestFolder(), 'mail')
  return {
    mailer: folderMailer({ folder, from, clock }),
    arrived: async () => (await mailsIn(folder)).map(arrivedOf),
    close: () => rm(join(folder, '..'), { recursive: true }),
  }
})

test('files sort by the time of their mails, say who they are from, and only their owner may read them', async () => {
  const folder = join(data, 'mail')
  const mailer = folderMailer({ folder, from, clock })
  for (const second of [9, 10, 11]) {
    clock.at = new Date(Date.UTC(2030, 0, 1, 0, 0, second))
    await mailer.send(mailTo('ann@example.com', { subject: `Grant: ${second}` }))
  }
  const names = (await readdir(folder)).sort()
  expect(names.every((name) => /^2030-01-01T00-00-\d\d\.000Z-[\w.-]+\.eml$/.test(name))).toBe(true)
  const mails = await mailsIn(folder)
  expect(mails.map((mail) => mail.subject)).toEqual(['Grant: 9', 'Grant: 10', 'Grant: 11'])
  expect(mails[0]).toMatchObject({ from: { name: 'Access', address: 'access@example.com' } })
  expect((await stat(folder)).mode & 0o077).toBe(0)
  expect((await stat(join(folder, names[0] ?? ''))).mode & 0o077).toBe(0)
})

test('a folder that cannot be written to is a mail server that cannot be reached', async () => {
  const file = join(data, 'a-file')
  await writeFile(file, '')
  const mailer = folderMailer({ folder: file, from, clock })
  await expect(mailer.send(mailTo('ann@example.com'))).rejects.toMatchObject({ name: 'MailError', kind: 'unreachable' })
})

test('mails that are files go by their age, half-written ones too, and nothing else goes', async () => {
  const folder = join(data, 'old')
  expect(await mailsInFolder(folder).deleteOlderThan(new Date())).toBe(0)
  await mkdir(folder)
  const old = new Date('2020-01-01T00:00:00Z')
  for (const name of ['old.eml', 'old.draft', 'notes.txt', 'young.eml']) await writeFile(join(folder, name), 'x')
  for (const name of ['old.eml', 'old.draft', 'notes.txt']) await utimes(join(folder, name), old, old)
  expect(await mailsInFolder(folder).deleteOlderThan(new Date('2020-06-01T00:00:00Z'))).toBe(2)
  expect((await readdir(folder)).sort()).toEqual(['notes.txt', 'young.eml'])
})
