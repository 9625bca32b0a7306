import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

const ask = async (language: string | undefined) => {
  const headers: Record<string, string> = language === undefined ? {} : { 'accept-language': language }
  const item = { type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst') }
  const body = { requestedFor: [], requestedItems: [item] }
  return (await app.call('emp.alice', 'POST', '/v2025/access-requests', body, headers)).json
}
const english = 'requestedFor: name at least one identity.'
const german = 'requestedFor: nennen Sie mindestens eine Person.'

test('a refusal is in English for whoever asks for no language, or for one that we do not speak', async () => {
  for (const language of [undefined, 'en-GB', 'fr', '*', 'en;q=0.9, de;q=0.5', 'de;q=0']) {
    const { messages } = await ask(language)
    expect(messages, language).toEqual([
      { locale: 'en-US', localeOrigin: 'DEFAULT', text: english },
      { locale: 'und', localeOrigin: 'REQUEST', text: english },
    ])
  }
})

test('whoever asks for German gets it beside the English, which stays the first', async () => {
  for (const language of ['de', 'de-CH, de;q=0.9, en;q=0.8', 'fr, de;q=0.7, en;q=0.3']) {
    const { messages } = await ask(language)
    expect(messages, language).toEqual([
      { locale: 'en-US', localeOrigin: 'DEFAULT', text: english },
      { locale: 'de-DE', localeOrigin: 'REQUEST', text: german },
    ])
  }
})

test('a preview tells its refusal in the language of the call', async () => {
  const preview = '/countersign/v1/access-requests/preview'
  const body = {
    requestedFor: [await app.idOf('emp.alice')],
    requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst'), removeDate: '2020-01-01T00:00:00Z' }],
  }
  const told = async (headers: Record<string, string>) => (await app.call('emp.alice', 'POST', preview, body, headers)).json.refused.reason
  expect(await told({})).toBe('requestedItems[0].removeDate: must lie in the future.')
  expect(await told({ 'accept-language': 'de' })).toBe('requestedItems[0].removeDate: muss in der Zukunft liegen.')
})

test('what is wrong with a query of the search is told in German, too', async () => {
  const body = { indices: ['identities'], query: { query: 'name:(' } }
  const { json } = await app.call('admin', 'POST', '/v2025/search', body, { 'accept-language': 'de' })
  expect(json.messages[0].text).toMatch(/^query: .* \(position \d+\)$/)
  expect(json.messages[1].text).toMatch(/^query: .* \(Stelle \d+\)$/)
})
