import { describe, expect, test } from 'vitest'
import { parseApprovals, parseDuration, parseList, quoted } from '../../src/domain/import-cells.ts'
import { importFiles, longest, Row } from '../../src/domain/import-file.ts'
import { configColumns, readAccessProfile, readEntitlement, readIdentity, readRole, readSource } from '../../src/domain/import-rows.ts'

describe('an approval scheme', () => {
  test('keeps its steps in the order of the cell', () => {
    expect(parseApprovals('MANAGER > GOVERNANCE_GROUP: Audit Committee >SOURCE_OWNER')).toEqual({
      value: [{ kind: 'MANAGER' }, { kind: 'GOVERNANCE_GROUP', group: 'Audit Committee' }, { kind: 'SOURCE_OWNER' }],
    })
  })

  test('may name a group with > and : in its name', () => {
    expect(parseApprovals('GOVERNANCE_GROUP:A \\> B: C')).toEqual({ value: [{ kind: 'GOVERNANCE_GROUP', group: 'A > B: C' }] })
  })

  test('is empty for NONE alone', () => {
    expect(parseApprovals('NONE')).toEqual({ value: [] })
    expect(parseApprovals('NONE > OWNER')).toEqual({ reason: expect.stringContaining('"NONE" is no approval step') })
  })

  test.each(['BOSS', 'manager', 'MANAGER >', '> OWNER', 'GOVERNANCE_GROUP', 'GOVERNANCE_GROUP:', 'OWNER:Ann', ''])('refuses %j', (text) => {
    expect(parseApprovals(text)).toHaveProperty('reason')
  })
})

describe('a length of time', () => {
  test('is a number and a unit', () => {
    expect(parseDuration('30 DAYS')).toEqual({ value: { value: 30, unit: 'DAYS' } })
    expect(parseDuration('12HOURS')).toEqual({ value: { value: 12, unit: 'HOURS' } })
  })

  test.each(['0 DAYS', '-1 DAYS', '1.5 DAYS', '30', 'DAYS', '30 YEARS', '999999 DAYS'])('refuses %j', (text) => {
    expect(parseDuration(text)).toHaveProperty('reason')
  })
})

describe('a list', () => {
  const names = (text: string) => {
    const list = parseList(text, 'name')
    return 'value' in list ? list.value.map((entry) => entry.name) : list.reason
  }

  test('is cut at bars, but not at escaped ones, and loses the blanks around its entries', () => {
    expect(names('one | two|th\\|ree')).toEqual(['one', 'two', 'th|ree'])
  })

  test('leaves every other backslash alone', () => {
    expect(names('CN=Smith\\, John|\\\\server\\share')).toEqual(['CN=Smith\\, John', '\\\\server\\share'])
  })

  test('refuses an empty entry', () => {
    expect(names('one||two')).toBe('has an empty entry.')
  })

  test('splits an entitlement at the first = and, in a role, its source at the last / before', () => {
    expect(parseList('groups=CN=a/b,OU=c', 'attribute=value')).toEqual({
      value: [{ source: null, attribute: 'groups', name: 'CN=a/b,OU=c' }],
    })
    expect(parseList('East/West/groups=CN=a/b', 'source/attribute=value')).toEqual({
      value: [{ source: 'East/West', attribute: 'groups', name: 'CN=a/b' }],
    })
  })

  test.each(['groups', '=x', 'groups=', 'groups=x', '/groups=x', 'Source/=x'])('refuses %j as an entitlement of a role', (text) => {
    expect(parseList(text, 'source/attribute=value')).toHaveProperty('reason')
  })
})

describe('a cell', () => {
  const problems = (cells: Record<string, string>, read: (row: Row) => unknown) => {
    const row = new Row(2, cells)
    read(row)
    return row.problems
  }

  test('is true or false in any case, and nothing else', () => {
    const row = new Row(2, { a: 'TRUE', b: 'False', c: '', d: 'yes' })
    expect([row.flag('a', false), row.flag('b', true), row.flag('c', true), row.flag('d', true)]).toEqual([true, false, true, false])
    expect(row.problems).toEqual([{ column: 'd', reason: 'must be true or false, not "yes".' }])
  })

  test('that is required and empty is reported, and one whose column is missing is not: that is the fault of the header', () => {
    expect(problems({ alias: ' ' }, (row) => row.required('alias', 9))).toEqual([{ column: 'alias', reason: 'must not be empty.' }])
    expect(problems({}, (row) => row.required('alias', 9))).toEqual([])
  })

  test('is measured in bytes', () => {
    expect(problems({ a: 'äöü' }, (row) => row.text('a', 6))).toEqual([])
    expect(problems({ a: 'äöü' }, (row) => row.text('a', 5))).toEqual([{ column: 'a', reason: 'is longer than 5 bytes.' }])
  })

  test('holds no control characters and no bytes that are not text, but may hold lines', () => {
    expect(problems({ a: 'x\0y' }, (row) => row.text('a', 9))).toEqual([{ column: 'a', reason: 'holds a control character.' }])
    expect(problems({ a: 'x\ufffdy' }, (row) => row.text('a', 9))).toEqual([{ column: 'a', reason: 'is not UTF-8 text.' }])
    expect(problems({ a: 'x\r\ny\tz' }, (row) => row.text('a', 9))).toEqual([])
  })

  test('of a list has no entry longer than a value may be', () => {
    const long = 'x'.repeat(longest.value + 1)
    expect(problems({ a: `y|${long}` }, (row) => row.list('a', 'name'))).toEqual([
      { column: 'a', reason: expect.stringContaining('is longer than') },
    ])
  })

  test('is quoted in a message without being cut inside a character', () => {
    expect(quoted('😀'.repeat(200))).toBe(`"${'😀'.repeat(100)}…"`)
  })
})

describe('a line', () => {
  test('of a person splits the name where the parts are not given', () => {
    expect(readIdentity(new Row(2, { alias: 'a', name: 'Anna Maria Sol' }))).toMatchObject({ firstName: 'Anna Maria', lastName: 'Sol' })
    expect(readIdentity(new Row(2, { alias: 'a', name: 'Anna' }))).toMatchObject({ firstName: '', lastName: 'Anna' })
    expect(readIdentity(new Row(2, { alias: 'a', name: 'Anna Sol', firstName: 'Ann', lastName: '' }))).toMatchObject({
      firstName: 'Ann',
      lastName: 'Sol',
    })
  })

  test('of an entitlement keeps the blanks of its value, and is named after it where it has no name', () => {
    const row = readEntitlement(new Row(2, { source: ' S ', attribute: 'groups', value: ' odd ', name: '' }))
    expect(row).toMatchObject({ source: 'S', value: ' odd ', name: 'odd', requestable: false, privileged: false, config: null })
  })

  test('of an entitlement or source without rules has none, so that the next level decides', () => {
    expect(readEntitlement(new Row(2, { source: 'S', attribute: 'a', value: 'v', grantApproval: ' ' })).config).toBeNull()
    expect(readSource(new Row(2, { name: 'S', ownerAlias: 'a' })).config).toBeNull()
  })

  test('of an entitlement with any rule asks the owner of the source where no approval is named', () => {
    const { config } = readEntitlement(new Row(2, { source: 'S', attribute: 'a', value: 'v', commentRequired: 'true' }))
    expect(config).toMatchObject({ grant: { steps: [{ kind: 'SOURCE_OWNER' }], commentRequired: true }, revoke: { steps: [] } })
  })

  test('of a role or access profile asks its owner where the cell was forgotten, and nobody only for NONE', () => {
    const forgotten = { name: 'R', ownerAlias: 'a', source: 'S' }
    expect(readRole(new Row(2, forgotten)).config?.grant.steps).toEqual([{ kind: 'OWNER' }])
    expect(readAccessProfile(new Row(2, forgotten)).config?.grant.steps).toEqual([{ kind: 'OWNER' }])
    expect(readRole(new Row(2, { ...forgotten, grantApproval: 'NONE' })).config?.grant.steps).toEqual([])
  })

  test('of a role whose approval cannot be read asks its owner, too', () => {
    expect(readRole(new Row(2, { name: 'R', ownerAlias: 'a', grantApproval: 'NOBODY' })).config?.grant.steps).toEqual([{ kind: 'OWNER' }])
  })

  test('has the columns of rules in every file of requestable items', () => {
    for (const file of ['entitlements.csv', 'access-profiles.csv', 'roles.csv'] as const) {
      expect(importFiles[file].optional).toEqual(expect.arrayContaining([...configColumns]))
    }
  })
})
