import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NamedStep, PolicyDocument, PolicyTarget } from '../../src/domain/policy/document.ts'
import type { ScenarioWorld } from '../../src/domain/scenario/scenario-world.ts'

/** The worlds of scenarios as the files of an import, each under names of its own: many fit into one database beside each other. */

export interface NamedWorld {
  /** In front of every name, and an id of its own for whatever can be named. */
  prefix: string
  world: ScenarioWorld
}

/** Somebody who belongs to no world: owns what nobody owns there, and sets things up. */
export const stageHand = 'stage-hand'

/** Writes all the worlds into a folder for an import; whoever removes it is the caller. */
export function writeWorlds(worlds: NamedWorld[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-worlds-'))
  for (const [name, { columns, rows }] of Object.entries(files)) {
    const lines = worlds.flatMap((one) => rows(one))
    const own = name === 'identities' ? [[stageHand, stageHand, stageHand, '', '', 'ACTIVE', 'false']] : []
    const text = [columns, ...own, ...lines].map((cells) => cells.map(cell).join(',')).join('\n')
    writeFileSync(join(folder, `${name}.csv`), `${text}\n`)
  }
  return folder
}

function cell(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

const list = (prefix: string, names: string[]) => names.map((name) => prefix + name).join('|')
const rightsOf = (prefix: string) => `${prefix}rights`
const owner = (prefix: string, name: string | null) => (name === null ? stageHand : prefix + name)

const files: Record<string, { columns: string[]; rows(one: NamedWorld): string[][] }> = {
  identities: {
    columns: ['id', 'alias', 'name', 'managerAlias', 'department', 'status', 'admin'],
    rows: ({ prefix, world }) =>
      [...world.people].map(([name, { manager, department }]) => {
        const id = prefix + name
        return [id, id, name, manager === null ? '' : prefix + manager, department ?? '', 'ACTIVE', 'false']
      }),
  },
  'governance-groups': {
    columns: ['id', 'name', 'ownerAlias', 'members'],
    rows: ({ prefix, world }) =>
      [...world.groups].map(([name, members]) => [prefix + name, prefix + name, stageHand, list(prefix, members)]),
  },
  sources: {
    columns: ['id', 'name', 'ownerAlias'],
    rows: ({ prefix, world }) => [
      [rightsOf(prefix), rightsOf(prefix), stageHand],
      ...[...world.sources].map(([name, owned]) => [prefix + name, prefix + name, prefix + owned]),
    ],
  },
  entitlements: {
    columns: ['id', 'source', 'attribute', 'value', 'name', 'ownerAlias', 'requestable'],
    rows: ({ prefix, world }) => [
      ...itemsOf(world, 'ENTITLEMENT').map(([name, item]) => {
        const id = prefix + name
        return [id, prefix + item.source, 'groups', id, id, item.owner === null ? '' : prefix + item.owner, 'true']
      }),
      // What a role comes down to, so that duties can speak of it.
      ...itemsOf(world, 'ROLE').map(([name]) => {
        const id = `${prefix}right of ${name}`
        return [id, rightsOf(prefix), 'groups', id, id, stageHand, 'false']
      }),
    ],
  },
  'access-profiles': {
    columns: ['id', 'name', 'source', 'ownerAlias', 'entitlements', 'requestable', 'grantApproval', 'revokeApproval'],
    rows: ({ prefix, world }) =>
      itemsOf(world, 'ACCESS_PROFILE').map(([name, item]) => {
        const id = prefix + name
        return [id, id, prefix + item.source, owner(prefix, item.owner), '', 'true', 'NONE', 'NONE']
      }),
  },
  roles: {
    columns: [
      'id',
      'name',
      'ownerAlias',
      'entitlements',
      'requestable',
      'additionalOwners',
      'additionalGroups',
      'grantApproval',
      'revokeApproval',
    ],
    rows: ({ prefix, world }) =>
      itemsOf(world, 'ROLE').map(([name, item]) => {
        const right = `${rightsOf(prefix)}/groups=${prefix}right of ${name}`
        const more = [list(prefix, item.additionalOwners), list(prefix, item.additionalGroups)]
        return [prefix + name, prefix + name, owner(prefix, item.owner), right, 'true', ...more, 'NONE', 'NONE']
      }),
  },
  applications: {
    columns: ['name', 'ownerAlias', 'accessProfiles'],
    rows: ({ prefix, world }) =>
      itemsOf(world, 'ACCESS_PROFILE').flatMap(([name, { applicationOwner }]) =>
        applicationOwner === null ? [] : [[`${prefix}application of ${name}`, prefix + applicationOwner, prefix + name]],
      ),
  },
}

function itemsOf(world: ScenarioWorld, type: string) {
  return [...world.items].filter(([, item]) => item.type === type)
}

/** The entitlement that a role of a world comes down to. */
export function rightId(prefix: string, role: string): string {
  return `${prefix}right of ${role}`
}

/** A policy about a world, under its names. */
export function policyIn(prefix: string, policy: PolicyDocument): PolicyDocument {
  const rules = <Half extends PolicyDocument['grant']>(half: Half) =>
    half && {
      ...half,
      ...(half.steps ? { steps: half.steps.map((step) => stepIn(prefix, step)) } : {}),
    }
  const { grant, revoke, approvals } = policy
  const fallbackAlias = approvals?.fallbackAlias
  return {
    ...policy,
    targets: policy.targets.map((target) => targetIn(prefix, target)),
    ...(grant ? { grant: rules(grant) } : {}),
    ...(revoke ? { revoke: rules(revoke) } : {}),
    ...(approvals
      ? { approvals: { ...approvals, ...(fallbackAlias === undefined ? {} : { fallbackAlias: prefix + fallbackAlias }) } }
      : {}),
  }
}

function stepIn(prefix: string, step: NamedStep): NamedStep {
  return {
    ...step,
    asks: step.asks.map((ask) => (ask.group === undefined ? ask : { ...ask, group: prefix + ask.group })),
    ...(step.when
      ? { when: { ...step.when, ...(step.when.sources ? { sources: step.when.sources.map((name) => prefix + name) } : {}) } }
      : {}),
  }
}

function targetIn(prefix: string, target: PolicyTarget): PolicyTarget {
  if (target.kind === 'TENANT' || target.kind === 'WHOLE_TENANT') return target
  const name = prefix + target.name
  return target.kind === 'ENTITLEMENT' ? { ...target, name, source: prefix + target.source } : { ...target, name }
}
