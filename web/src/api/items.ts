import { useCall, useSend } from './queries.ts'
import { entitlementRulesToWire, type Rules, rulesFromWire, rulesToWire } from './request-rules.ts'
import type { Answer } from './types.ts'

/** What can be asked for. */
export type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'

interface Ref {
  id: string
  name: string
}

/** A role, an access profile or an entitlement, as far as they are alike to who configures them. */
export interface Item {
  id: string
  type: ItemType
  name: string
  description: string | null
  owner: Ref | null
  additionalOwners: Ref[]
  requestable: boolean
  /** Entitlements have no such switch. */
  enabled: boolean | undefined
  source: Ref | undefined
  isPrivileged: boolean
  /** What whoever gets it gets with it. */
  gives: (Ref & { type: 'ACCESS_PROFILE' | 'ENTITLEMENT' })[]
  /** Which value at the source it is. */
  value: string | undefined
  created: string
  modified: string
  rules: Rules
}

/** What can be changed of an item here. */
export interface ItemDraft {
  requestable: boolean
  enabled: boolean | undefined
  rules: Rules
}

/** One item, with the rules by which it is asked for. */
export function useItem(type: ItemType, id: string) {
  const params = { id }
  const role = useCall('getRole', { params }, { enabled: type === 'ROLE' })
  const profile = useCall('getAccessProfile', { params }, { enabled: type === 'ACCESS_PROFILE' })
  const entitlement = useCall('getEntitlement', { params }, { enabled: type === 'ENTITLEMENT' })
  const config = useCall('getEntitlementRequestConfig', { params }, { enabled: type === 'ENTITLEMENT' })
  const asked = { ROLE: [role], ACCESS_PROFILE: [profile], ENTITLEMENT: [entitlement, config] }[type]
  return {
    data: fromRole(role.data) ?? fromProfile(profile.data) ?? fromEntitlement(entitlement.data, config.data),
    error: asked.find(({ error }) => error)?.error ?? null,
    isPending: asked.some(({ isPending }) => isPending),
    refetch: () => Promise.all(asked.map((one) => one.refetch())),
  }
}

function fromRole(role: Answer<'getRole'> | undefined): Item | undefined {
  if (role === undefined) return undefined
  const { accessProfiles, entitlements } = role
  return { ...role, type: 'ROLE', gives: [...accessProfiles, ...entitlements], source: undefined, ...plain, rules: rulesFromWire(role) }
}

function fromProfile(profile: Answer<'getAccessProfile'> | undefined): Item | undefined {
  if (profile === undefined) return undefined
  return { ...profile, type: 'ACCESS_PROFILE', gives: profile.entitlements, ...plain, rules: rulesFromWire(profile) }
}

const plain = { isPrivileged: false, value: undefined } as const

function fromEntitlement(
  entitlement: Answer<'getEntitlement'> | undefined,
  config: Answer<'getEntitlementRequestConfig'> | undefined,
): Item | undefined {
  if (entitlement === undefined || config === undefined) return undefined
  return {
    ...entitlement,
    type: 'ENTITLEMENT',
    additionalOwners: 'additionalOwners' in entitlement ? entitlement.additionalOwners : [],
    enabled: undefined,
    isPrivileged: 'privileged' in entitlement && entitlement.privileged,
    gives: [],
    value: `${entitlement.attribute} = ${entitlement.value}`,
    rules: rulesFromWire(config),
  }
}

/** Saves what was changed of an item; an entitlement that had no rules of its own has them then. */
export function useSaveItem({ id, type }: Pick<Item, 'id' | 'type'>) {
  const role = useSend('patchRole', 'catalogue')
  const profile = useSend('patchAccessProfile', 'catalogue')
  const entitlement = useSend('patchEntitlement', 'catalogue')
  const rules = useSend('putEntitlementRequestConfig', 'catalogue')
  const params = { id }
  const save = async (saved: ItemDraft, draft: ItemDraft) => {
    const flags = [
      ...(saved.requestable === draft.requestable ? [] : [replaced('/requestable', draft.requestable)]),
      ...(saved.enabled === draft.enabled ? [] : [replaced('/enabled', draft.enabled)]),
    ]
    const rulesChanged = JSON.stringify(saved.rules) !== JSON.stringify(draft.rules)
    if (type === 'ENTITLEMENT') {
      if (flags.length > 0) await entitlement.mutateAsync({ params, body: flags })
      if (rulesChanged) await rules.mutateAsync({ params, body: entitlementRulesToWire(draft.rules) })
      return
    }
    const wire = rulesToWire(draft.rules, type)
    const body = [
      ...flags,
      ...(rulesChanged
        ? [replaced('/accessRequestConfig', wire.accessRequestConfig), replaced('/revocationRequestConfig', wire.revocationRequestConfig)]
        : []),
    ]
    await (type === 'ROLE' ? role.mutateAsync({ params, body }) : profile.mutateAsync({ params, body }))
  }
  const all = [role, profile, entitlement, rules]
  return { save, isSaving: all.some(({ isPending }) => isPending), error: all.find(({ error }) => error)?.error }
}

const replaced = (path: string, value: unknown) => ({ op: 'replace' as const, path, value })
