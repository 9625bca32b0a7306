import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPolicyText } from '../../src/adapters/policy-files.ts'
import { issueCodes, type PolicyIssue } from '../../src/domain/policy/issue.ts'
import { parsePolicy } from '../../src/domain/policy/parse.ts'
import { runScenarios } from '../../src/domain/scenario/run-scenario.ts'
import { isScenarioTable, parseScenarios } from '../../src/domain/scenario/scenario.ts'

/** Policy files that are wrong or odd: every issue with its line, its code and its severity. And what docs/policies.md shows is true. */

/** All issues of a text, as the command tells them; names are looked up where the text has a table of scenarios. */
function issuesOf(text: string): string[] {
  const { nodes, issues } = readPolicyText(text)
  const found = [...issues]
  const policies = nodes
    .filter((node) => !isScenarioTable(node))
    .flatMap((node) => {
      const parsed = parsePolicy(node)
      found.push(...parsed.issues)
      return parsed.policy ?? []
    })
  for (const node of nodes.filter(isScenarioTable)) {
    const parsed = parseScenarios(node)
    found.push(...parsed.issues, ...runScenarios(parsed.table, policies).issues)
  }
  return found.sort((a, b) => a.line - b.line).map(shown)
}

const shown = ({ line, severity, code }: PolicyIssue) => `${line} ${severity} ${code}`

/** A policy that is right but for what is put into it, from line 4 on. */
const policy = (more: string) => `policy: P\nfor:\n  - role: R\n${more}\n`
const steps = (text: string) => policy(`grant:\n  steps: ${text}`)
const tenant = (more: string) => `policy: P\nfor: { tenant: all }\n${more}\n`
const approvals = (text: string) => policy(`approvals:\n  ${text}`)
const world = 'world:\n  people: { ada: bob, bob: null, root: null }\n  admins: [root]\n  items: { R: { owner: bob } }\n'
const table = (scenario: string, before = world) => `${before}scenarios:\n${scenario}\n`

const cases: [name: string, text: string, issues: string[]][] = [
  ['a policy that says little and is right', steps('[manager]'), []],
  ['a bracket that is not closed', 'policy: [P\n', ['2 error not-yaml']],
  ['an anchor that leads nowhere', 'policy: P\nfor: *nobody\n', ['2 error not-yaml']],
  ['an anchor that holds itself', 'policy: P\nfor: &all\n  - role: R\n  - *all\n', ['4 error not-yaml']],
  ['tabs where blanks belong', 'policy: P\nfor:\n\t- role: R\n', ['3 error not-yaml']],
  [
    'a list instead of a policy',
    '- policy: P\n',
    ['1 error wrong-type', '1 error missing-key', '1 error missing-key', '1 error nothing-said'],
  ],
  ['no name', 'for: { role: R }\ngrant: { steps: [manager] }\n', ['1 error missing-key']],
  ['a name that is a list', 'policy: [P]\nfor: { role: R }\ngrant: { steps: [manager] }\n', ['1 error wrong-type']],
  ['nothing it is for', 'policy: P\ngrant: { steps: [manager] }\n', ['1 error missing-key']],
  ['an empty list of what it is for', 'policy: P\nfor: []\ngrant: { steps: [manager] }\n', ['2 error nothing-said']],
  ['nothing it says', 'policy: P\nfor: { role: R }\n', ['1 error nothing-said']],
  ['a key that is misspelled', policy('grants: { steps: [manager] }'), ['1 error nothing-said', '4 error unknown-key']],
  ['a key of its own half in the other', policy('revoke:\n  steps: [manager]\n  longest: 3 days'), ['6 error unknown-key']],
  ['a key that is given twice', policy('grant: { steps: [manager] }\ngrant: { steps: [owner] }'), ['5 error twice-the-same']],
  ['a thing that is named twice', 'policy: P\nfor:\n  - role: R\n  - role: R\ngrant: { steps: [manager] }\n', ['4 error twice-the-same']],
  ['an entitlement without its source', 'policy: P\nfor: { entitlement: e }\ngrant: { steps: [manager] }\n', ['2 error missing-key']],
  [
    'a kind of thing there is none of',
    'policy: P\nfor: { app: x }\ngrant: { steps: [manager] }\n',
    ['2 error unknown-key', '2 error missing-key'],
  ],
  ['all entitlements, misspelled', 'policy: P\nfor: { entitlements: every }\ngrant: { steps: [manager] }\n', ['2 error unknown-word']],
  ['how approvals of a source behave', 'policy: P\nfor: { source: S }\napprovals: { comment: all }\n', ['2 error out-of-range']],
  ['rules that leave the steps as they are', policy('grant:\n  comment: required\n  longest: any'), []],
  ['rules that say nothing', policy('grant: {}'), ['4 error nothing-said']],
  ['different people in steps that are not written', policy('grant:\n  distinct: true'), ['5 error missing-key']],
  ['a file with nothing in it', '# to do\n', ['1 error nothing-said']],
  ['one thing in two spellings', 'policy: P\nfor: [{ role: R }, { role: r }]\ngrant: { steps: [manager] }\n', ['2 error twice-the-same']],
  ['a role with a source', 'policy: P\nfor: { role: R, source: S }\ngrant: { steps: [manager] }\n', ['2 error unknown-key']],
  ['what the whole tenant can be told', tenant('approvals: { comment: all }\nseparation of duties: { on conflict: deny }'), []],
  ['steps of the whole tenant', tenant('grant: { steps: [manager] }'), ['2 error out-of-range']],
  ['duties of one role', policy('separation of duties: { on conflict: deny }'), ['3 error out-of-range']],
  ['duties that name no conflict', tenant('separation of duties: { group: G }'), ['3 error missing-key']],
  ['an effect there is none of', tenant('separation of duties: { on conflict: shout }'), ['3 error unknown-word']],
  ['a step that asks no group', tenant('separation of duties: { on conflict: add step }'), ['3 error missing-key']],
  ['a group that is not asked', tenant('separation of duties: { on conflict: report, group: G }'), ['3 error out-of-range']],
  ['reminders every eleven years', approvals('reminders: { after: 1 day, every: 3651 days }'), ['5 error out-of-range']],
  ['reminders that begin in eleven years', approvals('reminders: { after: 3651 days }'), ['5 error out-of-range']],
  ['as many reminders as the contract takes', approvals('reminders: { after: 3 days, most: 20 }'), []],
  ['escalation in eleven years', approvals('escalation: { after: 3651 days }'), ['5 error out-of-range']],
  ['an end after a year', approvals('expiry: { after: 52 weeks }'), ['5 error out-of-range']],
  ['an end as late as the contract takes', approvals('expiry: { after: 90 days }'), []],
  ['steps that are empty', steps('[]'), ['5 warning nobody-asked']],
  ['steps that are left blank', steps(''), ['5 warning nobody-asked']],
  ['an approver there is none of', steps('[boss]'), ['5 error unknown-word']],
  ['a group without a name', steps('[{ group: }]'), ['5 error wrong-type']],
  ['a step that asks nobody', steps('[{ quorum: 2 }]'), ['5 error missing-key']],
  ['a step that asks somebody twice', steps('[{ ask: [owner, owner] }]'), ['5 error twice-the-same']],
  ['a quorum of none', steps('[{ ask: owner, quorum: 0 }]'), ['5 error out-of-range']],
  ['a quorum of more than all', steps('[{ ask: owner, quorum: 101% }]'), ['5 error out-of-range']],
  ['a quorum in words', steps('[{ ask: owner, quorum: two }]'), ['5 error wrong-type']],
  ['a quorum of one of one', steps('[{ ask: { group: G }, quorum: 1 }]'), ['5 warning quorum-of-one']],
  ['a condition that says nothing', steps('[manager, { ask: owner, when: {} }]'), ['5 error nothing-said']],
  ['a condition on a word', steps('[manager, { ask: owner, when: { manager: maybe } }]'), ['5 error unknown-word']],
  ['a condition on months', steps('[manager, { ask: owner, when: { longer than: 2 months } }]'), ['5 error wrong-type']],
  [
    'a condition on something that is no flag',
    steps('[manager, { ask: owner, when: { privileged: yes indeed } }]'),
    ['5 error wrong-type'],
  ],
  ['a condition there is none of', steps('[manager, { ask: owner, when: { weather: fine } }]'), ['5 error unknown-key']],
  ['steps that all have a condition', steps('[{ ask: owner, when: { privileged: true } }]'), ['5 warning perhaps-nobody']],
  ['different people, perhaps', policy('grant:\n  distinct: perhaps\n  steps: [manager]'), ['5 error wrong-type']],
  ['a comment that is wanted', policy('grant:\n  comment: wanted\n  steps: [manager]'), ['5 error unknown-word']],
  ['a longest time without a unit', policy('grant:\n  longest: 30\n  steps: [manager]'), ['5 error wrong-type']],
  ['reminders without a time', approvals('reminders: { most: 3 }'), ['5 error missing-key']],
  ['reminders after hours', approvals('reminders: { after: 3 hours }'), ['5 error wrong-type']],
  ['no reminder at most', approvals('reminders: { after: 3 days, most: 0 }'), ['5 warning never-reminded']],
  ['more reminders than anybody reads', approvals('reminders: { after: 3 days, most: 21 }'), ['5 error out-of-range']],
  ['a reminder and a half', approvals('reminders: { after: 3 days, most: 1.5 }'), ['5 error wrong-type']],
  ['four levels of escalation', approvals('escalation: { after: 3 days, levels: 4 }'), ['5 error out-of-range']],
  ['escalation without a time', approvals('escalation: { levels: 2 }'), ['5 error missing-key']],
  ['an end with a result there is none of', approvals('expiry: { after: 3 days, result: maybe }'), ['5 error unknown-word']],
  ['an end without a time', approvals('expiry: { result: expired }'), ['5 error missing-key']],
  ['comments there are none of', approvals('comment: sometimes'), ['5 error unknown-word']],
  ['automatic there is none of', approvals('automatic: always'), ['5 error unknown-word']],
  ['a fallback of two', approvals('fallback: [a, b]'), ['5 error wrong-type']],
  ['a calendar without a zone', approvals('calendar: { days: [mon] }'), ['5 error missing-key']],
  ['a zone there is none of', approvals('calendar: { zone: Europe/Atlantis }'), ['5 error unknown-name']],
  ['a day of the week there is none of', approvals('calendar: { zone: UTC, days: [mon, funday] }'), ['5 error unknown-word']],
  ['a week without working days', approvals('calendar: { zone: UTC, days: [] }'), ['5 error nothing-said']],
  ['a holiday there is none of', approvals('calendar: { zone: UTC, holidays: [2026-02-30] }'), ['5 error wrong-type']],
  ['everything that is off', approvals('reminders: off\n  escalation: off\n  expiry: off\n  calendar: off'), []],
  [
    'many things at once',
    policy('grant:\n  steps: [boss, { ask: owner, quorum: 0 }]\n  longest: x\nrevoke: { steps: [] }'),
    ['5 error unknown-word', '5 error out-of-range', '6 error wrong-type', '7 warning nobody-asked'],
  ],
  [
    'a table without a world',
    'scenarios:\n  - it: says nothing of a world\n    ask: { for: ada, item: R }\n    then: [{ ends: waiting }]\n',
    ['1 error missing-key'],
  ],
  [
    'a world that names nobody known',
    table(
      '  - { it: is for ada, ask: { for: ada, item: R }, refused: x }',
      'world:\n  people: { ada: bobb }\n  items: { R: { owner: cyd } }\n',
    ),
    ['2 error not-there', '2 error not-there'],
  ],
  ['a scenario that is no sentence', table('  - ask: { for: ada, item: R }\n    then: [{ ends: approved }]'), ['6 error missing-key']],
  ['a scenario that asks nothing', table('  - it: asks nothing at all\n    then: [{ ends: approved }]'), ['6 error missing-key']],
  [
    'a scenario in which nothing happens',
    table('  - it: has nothing that happens\n    ask: { for: ada, item: R }'),
    ['6 error nothing-said'],
  ],
  [
    'a scenario that is written twice',
    table('  - { it: is here, ask: { for: ada, item: R }, refused: x }\n  - { it: is here, ask: { for: ada, item: R }, refused: x }'),
    ['7 error twice-the-same'],
  ],
  ['an ask for nobody', table('  - { it: is for nobody, ask: { item: R }, refused: x }'), ['6 error missing-key']],
  [
    'something that cannot happen',
    table('  - it: has snow\n    ask: { for: ada, item: R }\n    then: [{ snows: much }]'),
    ['8 error unknown-key'],
  ],
  [
    'two things at once',
    table('  - it: has two things at once\n    ask: { for: ada, item: R }\n    then: [{ approve: bob, ends: approved }]'),
    ['8 error twice-the-same'],
  ],
  [
    'a wait for months',
    table('  - it: waits for months\n    ask: { for: ada, item: R }\n    then: [{ wait: 2 months }]'),
    ['8 error wrong-type'],
  ],
  [
    'an end there is none of',
    table('  - it: ends well\n    ask: { for: ada, item: R }\n    then: [{ ends: well }]'),
    ['8 error unknown-word'],
  ],
  [
    'a policy about something the world lacks',
    `policy: P\nfor:\n  - role: Other\ngrant: { steps: [{ group: G }] }\n---\n${table('  - { it: is not reached, ask: { for: ada, item: R }, refused: x }')}`,
    ['3 error not-there', '4 error not-there'],
  ],
]

test.each(cases)('every issue of a file is told with its line: %s', (_name, text, issues) => {
  expect(issuesOf(text)).toEqual(issues)
})

test('every code of an issue is met by a file, with the severity it has', () => {
  const met = new Set(cases.flatMap(([, , issues]) => issues.map((issue) => issue.split(' ').slice(1).join(' '))))
  expect([...met].sort()).toEqual(
    Object.entries(issueCodes)
      .map(([code, severity]) => `${severity} ${code}`)
      .sort(),
  )
})

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'policies.md'), 'utf8')

test('the document about policies lists every code of an issue with its severity, and no other', () => {
  const listed = [...document.matchAll(/^\| `([a-z-]+)` \| (error|warning) \| (.+) \|$/gm)].map(([, code, severity, advice]) => {
    expect(advice?.length).toBeGreaterThan(10)
    return [code, severity]
  })
  expect(Object.fromEntries(listed)).toEqual(issueCodes)
  expect(listed).toHaveLength(Object.keys(issueCodes).length)
})

test('what the document about policies shows can be read, and its scenarios go as they say', () => {
  const shownThere = [...document.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text)
  expect(shownThere).toHaveLength(2)
  const text = shownThere.join('---\n')
  expect(issuesOf(text)).toEqual(['20 warning nobody-asked'])
  const { nodes } = readPolicyText(text)
  const policies = nodes.flatMap((node) => (isScenarioTable(node) ? [] : (parsePolicy(node).policy ?? [])))
  const results = nodes.filter(isScenarioTable).flatMap((node) => runScenarios(parseScenarios(node).table, policies).results)
  expect(results.map(({ failure }) => failure)).toEqual([null, null])
})
