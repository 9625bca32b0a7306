import type { ItemType } from '../../domain/access-model.ts'
import type { ImportFileName } from '../../domain/import-file.ts'

/** What an import can name: where its rows are staged, where they end up, and by what a row is recognised when it gives no id. */
export interface Noun {
  file: ImportFileName
  /** In messages. */
  word: string
  staged: string
  target: 'identity' | 'governance_group' | 'source' | 'access_item' | 'application' | 'account'
  /** Of an access item. */
  type?: ItemType
  key: readonly { column: string; anyCase: boolean }[]
  /** The column of the file in which a clash of keys is reported. */
  keyHeader: string
}

const byName = { key: [{ column: 'name', anyCase: true }], keyHeader: 'name' } as const

export const identity: Noun = {
  file: 'identities.csv',
  word: 'identity',
  staged: 'import_identity',
  target: 'identity',
  key: [{ column: 'alias', anyCase: true }],
  keyHeader: 'alias',
}

export const governanceGroup: Noun = {
  file: 'governance-groups.csv',
  word: 'governance group',
  staged: 'import_governance_group',
  target: 'governance_group',
  ...byName,
}

export const source: Noun = { file: 'sources.csv', word: 'source', staged: 'import_source', target: 'source', ...byName }

export const entitlement: Noun = {
  file: 'entitlements.csv',
  word: 'entitlement',
  staged: 'import_entitlement',
  target: 'access_item',
  type: 'ENTITLEMENT',
  key: [
    { column: 'source_id', anyCase: false },
    { column: 'attribute', anyCase: false },
    { column: 'value', anyCase: false },
  ],
  keyHeader: 'value',
}

export const accessProfile: Noun = {
  file: 'access-profiles.csv',
  word: 'access profile',
  staged: 'import_access_profile',
  target: 'access_item',
  type: 'ACCESS_PROFILE',
  ...byName,
}

export const role: Noun = { file: 'roles.csv', word: 'role', staged: 'import_role', target: 'access_item', type: 'ROLE', ...byName }

export const application: Noun = {
  file: 'applications.csv',
  word: 'application',
  staged: 'import_application',
  target: 'application',
  ...byName,
}

export const account: Noun = {
  file: 'accounts.csv',
  word: 'account',
  staged: 'import_account',
  target: 'account',
  key: [
    { column: 'source_id', anyCase: false },
    { column: 'native_identity', anyCase: false },
  ],
  keyHeader: 'nativeIdentity',
}

/** The noun's key as SQL, one expression per part, of the row named `row`. */
export function keyOf(noun: Noun, row: string): string[] {
  return noun.key.map(({ column, anyCase }) => (anyCase ? `lower(${row}.${column})` : `${row}.${column}`))
}

/** The condition under which two rows have the same key. */
export function sameKey(noun: Noun, left: string, right: string): string {
  const rights = keyOf(noun, right)
  return keyOf(noun, left)
    .map((part, at) => `${part} = ${rights[at]}`)
    .join(' and ')
}

/** The condition that a row of the target table is of this noun. */
export function ofType(noun: Noun, row: string): string {
  return noun.type === undefined ? 'true' : `${row}.type = '${noun.type}'`
}

/** SQL for the condition that the row `row` has the key that `cells` (SQL, one per part) name. */
function named(noun: Noun, cells: readonly string[], row: string): string {
  const wanted = noun.key.map(({ anyCase }, at) => (anyCase ? `lower(${cells[at]})` : cells[at]))
  return keyOf(noun, row)
    .map((part, at) => `${part} = ${wanted[at]}`)
    .join(' and ')
}

/**
 * SQL for the id of what `cells` name: first a row of this import, then one that is there already and that this import does not rename.
 * Null when there is none. A look-up per row and not a join, so that a file of equal keys costs no more.
 */
export function idOf(noun: Noun, cells: readonly string[]): string {
  return `coalesce(
    (select n.id from ${noun.staged} n where ${named(noun, cells, 'n')} and n.id is not null limit 1),
    (select o.id from ${noun.target} o where ${named(noun, cells, 'o')} and ${ofType(noun, 'o')}
      and not exists (select from ${noun.staged} m where m.id = o.id) limit 1))`
}

/** SQL for the condition that a row of this import has the key, be it a bad row: what names it is not wrong as well. */
export function isStaged(noun: Noun, cells: readonly string[]): string {
  return `exists (select from ${noun.staged} n where ${named(noun, cells, 'n')})`
}
