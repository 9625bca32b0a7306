import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'

/** `countersign policy` as its users run it: the bundle, files in a folder, a database that somebody else has open. */

const root = join(import.meta.dirname, '..', '..')
let product: Product
let folder = ''

beforeAll(async () => {
  product = await startProduct()
  folder = join(product.folder, 'policies')
  mkdirSync(folder)
})
afterAll(() => product?.remove())

interface Ended {
  code: number
  out: string[]
  errors: string[]
}

/** Runs the command in the folder of the policies, so that files are told by names relative to it. */
function policy(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', COUNTERSIGN_DATA: product.folder }
  const lines = (text: string) => text.split('\n').filter((line) => line !== '')
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'dist', 'main.js'), 'policy', ...args], { cwd: folder, env }, (error, out, errors) =>
      resolve({ code: error ? Number(error.code) : 0, out: lines(out), errors: lines(errors) }),
    )
  })
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

const auditors = `policy: Auditors
for: { role: Auditor }
grant:
  steps:
    - manager
    - ask: { group: Audit Committee }
      quorum: 2
`

test('checking tells every issue by file, line, severity and code, and ends with 1', async () => {
  write('bad.yaml', 'policy: Bad\nfor: { role: Auditor }\ngrant:\n  steps: [boss]\n  longest: x\n')
  write('odd.yaml', 'policy: Odd\nfor: { role: Auditor }\ngrant:\n  steps: []\n')
  const { code, out, errors } = await policy('check', '.')
  expect(code).toBe(1)
  expect(errors.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
    'bad.yaml:4: error unknown-word',
    'bad.yaml:5: error wrong-type',
  ])
  expect(out).toEqual([expect.stringMatching(/^odd\.yaml:4: warning nobody-asked: /)])
})

test('checking a file that is merely odd ends with 0, and a file that is not there is an error in one line', async () => {
  expect(await policy('check', 'odd.yaml')).toMatchObject({
    code: 0,
    out: [expect.stringContaining('nobody-asked'), '1 policy in 1 files: no error.'],
  })
  const missing = await policy('check', 'missing.yaml')
  expect(missing).toEqual({ code: 1, out: [], errors: [expect.stringMatching(/^missing\.yaml cannot be read: /)] })
})

test('trying runs the scenarios beside a policy and ends with 1 when one does not go as written', async () => {
  write('auditors.yaml', auditors)
  const scenario = (title: string, second: string) => `  - it: ${title}
    ask: { for: ada, item: Auditor }
    then: [{ asked: [bob] }, { approve: bob }, { asked: [${second}] }]
`
  const world =
    'world:\n  people: { ada: bob, bob: null, ina: bob, otto: bob, root: null }\n  admins: [root]\n  groups: { Audit Committee: [ina, otto] }\n  items: { Auditor: { owner: bob } }\nscenarios:\n'
  write('auditors.test.yaml', world + scenario('the committee is asked one by one', 'ina, otto'))
  expect(await policy('test', 'auditors.test.yaml')).toMatchObject({ code: 1, out: ['1 scenarios, 1 failure.'] })
  expect(await policy('test', '.')).toMatchObject({ code: 1, out: [expect.anything(), '1 scenarios, 1 failure.'] })
  write('bad.yaml', auditors.replaceAll('Auditor', 'Payer'))
  write('odd.yaml', auditors.replaceAll('Auditor', 'Clerk'))
  expect(await policy('test', '.')).toEqual({ code: 0, out: ['1 scenarios, 0 failures.'], errors: [] })
  write('auditors.test.yaml', world + scenario('the committee is asked one by one', 'ina'))
  const { code, errors } = await policy('test', '.')
  expect(code).toBe(1)
  expect(errors).toEqual(['auditors.test.yaml:7: the committee is asked one by one: line 9: expected asked: ina, found asked: ina, otto'])
})

test('applying writes all or nothing, tells what changed, and a dry run writes nothing', async () => {
  const steps = async () => {
    const client = await product.connect()
    const { rows } = await client.query(
      `select request_config->'grant'->'steps' as steps from access_item where type = 'ROLE' and name = 'Auditor'`,
    )
    await client.end()
    return JSON.stringify(rows[0]?.steps)
  }
  const before = await steps()
  const refused = await policy('apply', '.')
  expect(refused.code).toBe(1)
  expect(refused.errors).toEqual([
    expect.stringMatching(/^bad\.yaml:2: error not-there: /),
    expect.stringMatching(/^odd\.yaml:2: error not-there: /),
  ])
  expect(await policy('apply', 'auditors.yaml', '--dry-run')).toMatchObject({
    code: 0,
    out: expect.arrayContaining(['would change  Auditor  (Auditors)', '1 of 1 would be changed.']),
  })
  expect(await steps()).toBe(before)
  expect(await policy('apply', 'auditors.yaml')).toMatchObject({ code: 0, out: expect.arrayContaining(['changed  Auditor  (Auditors)']) })
  expect(JSON.parse(await steps())).toEqual([
    { kind: 'MANAGER' },
    { asks: [{ kind: 'GOVERNANCE_GROUP', groupId: expect.any(String) }], quorum: { count: 2 } },
  ])
  expect(await policy('apply', 'auditors.yaml')).toMatchObject({ code: 0, out: expect.arrayContaining(['unchanged  Auditor  (Auditors)']) })
})
