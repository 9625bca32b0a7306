import type { AccessRequestConfigBody, Scheme } from '../api/access-request-config.ts'
import { asksOf, type DurationLimit, type RequestConfig, type RequestRules, type Selector, stepsAsWritten } from '../domain/access-model.ts'
import { DomainError } from '../domain/errors.ts'
import type { ReminderConfig, TenantConfig } from '../domain/tenant-config.ts'
import { type NewTenantConfig, setAccessRequestConfig } from '../operations/set-access-request-config.ts'
import { findContact } from '../store/access-request-config.ts'
import { loadTenantConfig } from '../store/settings.ts'
import type { Call, Handler } from './call.ts'

export const accessRequestConfigHandlers = {
  getAccessRequestConfig: async (call) => ({ body: await toWire(call, await loadTenantConfig(call.app.db.sql)) }),
  setAccessRequestConfig: set,
  getAccessRequestConfigV2: async (call) => ({ body: await toWire(call, await loadTenantConfig(call.app.db.sql)) }),
  setAccessRequestConfigV2: set,
} satisfies Record<string, Handler>

async function set(call: Call) {
  const body = call.body as AccessRequestConfigBody
  const config = await setAccessRequestConfig(call.app, call.actor, (stored) => fromWire(body, shapeOf(call), stored))
  return { body: await toWire(call, config) }
}

/** What the shape of this call can say. */
interface Shape {
  flat: boolean
  /** Self-approval, reminders and escalation. */
  reminders: boolean
  groupVisibility: boolean
  /** Who may ask for machines. */
  machines: boolean
  /** The switch for requests of machines as a whole. */
  machineSwitch: boolean
  forms: boolean
}

function shapeOf({ dialect, operation }: Call): Shape {
  const second = operation.resourceVersion === 2
  const reduced = second || dialect === 'v2026'
  return {
    flat: dialect === 'beta' || dialect === 'v3',
    reminders: !reduced,
    groupVisibility: reduced,
    machines: dialect === 'v1',
    machineSwitch: second,
    forms: dialect === 'v1',
  }
}

type Body = AccessRequestConfigBody
type Schemes = { steps: Selector[]; groups: { id: string; field: string }[] }

/** The stored configuration with everything the shape can say replaced; what the body leaves out gets the contract's default. */
function fromWire(body: Body, shape: Shape, stored: TenantConfig): NewTenantConfig {
  const reminders = shape.reminders ? remindersFromWire(body.approvalReminderAndEscalationConfig) : stored.reminders
  const grant = grantFromWire(body, shape, stored.entitlements.grant)
  const revoke = revokeFromWire(body, shape, stored.entitlements.revoke)
  const behalf = body.requestOnBehalfOfConfig
  // compat: no-reauthorization. Nobody is asked to prove again who they are; what would demand it is refused instead of being ignored.
  if (body.reauthorizationEnabled) throw new DomainError('invalid', 're-authentication is not supported yet.', 'reauthorizationEnabled')
  const config: TenantConfig = {
    ...stored,
    approvalsMustBeExternal: body.approvalsMustBeExternal ?? false,
    reauthorizationEnabled: body.reauthorizationEnabled ?? false,
    anyoneForAnyone: behalf?.allowRequestOnBehalfOfAnyoneByAnyone ?? false,
    managerForReports: behalf?.allowRequestOnBehalfOfEmployeeByManager ?? false,
    ...(shape.reminders ? { autoApproval: body.autoApprovalEnabled ?? false, reminders } : {}),
    ...(shape.flat ? { entitlementsRequestable: body.entitlementRequestConfig?.allowEntitlementRequest ?? false } : {}),
    ...(shape.groupVisibility ? { governanceGroupVisible: body.govGroupVisibilityEnabled ?? false } : {}),
    ...(shape.machines ? { anyoneForMachines: behalf?.allowRequestOnBehalfOfForMachineIdentity ?? true } : {}),
    ...(shape.machines ? { ownersForMachines: behalf?.allowRequestForMachineByOwner ?? false } : {}),
    ...(shape.machineSwitch ? { machineRequestsEnabled: body.machineIdentityAccessRequestEnabled ?? true } : {}),
    entitlements: { grant: grant.rules, revoke: revoke.rules },
  }
  const fallback = shape.reminders ? reminders.fallbackApproverId : null
  const people = fallback === null ? [] : [{ id: fallback, field: 'approvalReminderAndEscalationConfig.fallbackApproverRef.id' }]
  return { config, people, groups: [...grant.groups, ...revoke.groups] }
}

function remindersFromWire(wire: Body['approvalReminderAndEscalationConfig']): ReminderConfig {
  const fallback = wire?.fallbackApproverRef ?? null
  if (fallback && !fallback.id)
    throw new DomainError('invalid', 'is required.', 'approvalReminderAndEscalationConfig.fallbackApproverRef.id')
  return {
    daysUntilFirst: wire?.daysUntilEscalation ?? null,
    daysBetween: wire?.daysBetweenReminders ?? null,
    maxReminders: wire?.maxReminders ?? null,
    fallbackApproverId: fallback?.id ?? null,
  }
}

type Rules = { rules: RequestRules; groups: Schemes['groups'] }

function grantFromWire(body: Body, shape: Shape, stored: RequestRules): Rules {
  const wire = body.entitlementRequestConfig
  if (shape.flat) {
    const { steps, groups } = stepsFromText(wire?.grantRequestApprovalSchemes ?? null)
    const comments = {
      commentRequired: wire?.requestCommentsRequired ?? false,
      denialCommentRequired: wire?.deniedCommentsRequired ?? false,
    }
    const { distinct: _, ...kept } = stored
    return { rules: { ...kept, ...comments, ...stepsAsWritten(steps, stored) }, groups }
  }
  const grant = wire?.accessRequestConfig
  const path = 'entitlementRequestConfig.accessRequestConfig'
  if (grant?.formDefinitionId) throw new DomainError('invalid', 'forms are not supported yet.', `${path}.formDefinitionId`)
  if (grant?.reauthorizationRequired)
    throw new DomainError('invalid', 're-authentication is not supported yet.', `${path}.reauthorizationRequired`)
  const { steps, groups } = stepsFromSchemes(grant?.approvalSchemes, path)
  const rules = {
    ...stepsAsWritten(steps, stored),
    commentRequired: grant?.requestCommentRequired ?? false,
    denialCommentRequired: grant?.denialCommentRequired ?? false,
    reauthorizationRequired: grant?.reauthorizationRequired ?? false,
    endDateRequired: grant?.requireEndDate ?? false,
    maxDuration: durationFromWire(grant?.maxPermittedAccessDuration ?? null, `${path}.maxPermittedAccessDuration`),
  }
  return { rules, groups }
}

function revokeFromWire(body: Body, shape: Shape, stored: RequestRules): Rules {
  if (shape.flat) return { rules: stored, groups: [] }
  const revoke = body.entitlementRequestConfig?.revocationRequestConfig
  const { steps, groups } = stepsFromSchemes(revoke?.approvalSchemes, 'entitlementRequestConfig.revocationRequestConfig')
  const { distinct: _, ...kept } = stored
  return { rules: { ...kept, ...stepsAsWritten(steps, stored) }, groups }
}

function durationFromWire(wire: { value?: number; timeUnit?: DurationLimit['unit'] } | null, field: string): DurationLimit | null {
  if (wire === null) return null
  if (wire.value === undefined) throw new DomainError('invalid', 'is required.', `${field}.value`)
  if (wire.timeUnit === undefined) throw new DomainError('invalid', 'is required.', `${field}.timeUnit`)
  return { value: wire.value, unit: wire.timeUnit }
}

/** Absent is not empty: only an explicit empty list means that nobody is asked. */
const usualSteps = (): Schemes => ({ steps: [{ kind: 'SOURCE_OWNER' }], groups: [] })

const kindOf = { ENTITLEMENT_OWNER: 'OWNER', SOURCE_OWNER: 'SOURCE_OWNER', MANAGER: 'MANAGER' } as const

function stepsFromSchemes(schemes: Partial<Scheme>[] | undefined, path: string): Schemes {
  if (schemes === undefined) return usualSteps()
  const groups: Schemes['groups'] = []
  const steps = schemes.map(({ approverType, approverId }, index): Selector => {
    const field = `${path}.approvalSchemes[${index}]`
    if (approverType === undefined) throw new DomainError('invalid', 'is required.', `${field}.approverType`)
    if (approverType === 'WORKFLOW') throw new DomainError('invalid', 'approval by workflow is not supported.', `${field}.approverType`)
    if (approverType !== 'GOVERNANCE_GROUP') return { kind: kindOf[approverType] }
    if (!approverId) throw new DomainError('invalid', 'names the governance group; it is required.', `${field}.approverId`)
    groups.push({ id: approverId, field: `${field}.approverId` })
    return { kind: approverType, groupId: approverId }
  })
  return { steps, groups }
}

const kindOfWord: Record<string, Selector['kind']> = { entitlementOwner: 'OWNER', sourceOwner: 'SOURCE_OWNER', manager: 'MANAGER' }
const groupWord = /^workgroup:(.+)$/

function stepsFromText(text: string | null): Schemes {
  if (text === null) return usualSteps()
  if (text.trim() === '') return { steps: [], groups: [] }
  const field = 'entitlementRequestConfig.grantRequestApprovalSchemes'
  const groups: Schemes['groups'] = []
  const steps = text.split(',').map((part): Selector => {
    const word = part.trim()
    const groupId = groupWord.exec(word)?.[1]
    if (groupId !== undefined) {
      groups.push({ id: groupId, field })
      return { kind: 'GOVERNANCE_GROUP', groupId }
    }
    const kind = Object.hasOwn(kindOfWord, word) ? kindOfWord[word] : undefined
    if (kind === undefined)
      throw new DomainError('invalid', `"${word}" is none of entitlementOwner, sourceOwner, manager, workgroup:{id}.`, field)
    return { kind }
  })
  return { steps, groups }
}

async function toWire(call: Call, config: TenantConfig): Promise<object> {
  const shape = shapeOf(call)
  return {
    approvalsMustBeExternal: config.approvalsMustBeExternal,
    ...(shape.reminders ? { autoApprovalEnabled: config.autoApproval } : {}),
    reauthorizationEnabled: config.reauthorizationEnabled,
    requestOnBehalfOfConfig: {
      allowRequestOnBehalfOfAnyoneByAnyone: config.anyoneForAnyone,
      allowRequestOnBehalfOfEmployeeByManager: config.managerForReports,
      ...(shape.machines ? { allowRequestOnBehalfOfForMachineIdentity: config.anyoneForMachines } : {}),
      ...(shape.machines ? { allowRequestForMachineByOwner: config.ownersForMachines } : {}),
    },
    ...(shape.reminders ? { approvalReminderAndEscalationConfig: await remindersToWire(call, config.reminders, shape.flat) } : {}),
    entitlementRequestConfig: shape.flat ? flatToWire(config) : nestedToWire(config.entitlements, shape.forms),
    ...(shape.groupVisibility ? { govGroupVisibilityEnabled: config.governanceGroupVisible } : {}),
    ...(shape.machineSwitch ? { machineIdentityAccessRequestEnabled: config.machineRequestsEnabled } : {}),
  }
}

async function remindersToWire(call: Call, reminders: ReminderConfig, flat: boolean): Promise<object> {
  const id = reminders.fallbackApproverId
  const person = id === null ? undefined : await findContact(call.app.db.sql, id)
  const email = person && flat && person.email === null ? {} : { email: person?.email ?? null }
  return {
    daysUntilEscalation: reminders.daysUntilFirst,
    daysBetweenReminders: reminders.daysBetween,
    // compat: no-reminders-is-null. beta and v3 cannot say zero reminders (their minimum is 1); null says that there are none.
    maxReminders: flat && reminders.maxReminders === 0 ? null : reminders.maxReminders,
    fallbackApproverRef: person ? { type: 'IDENTITY', id: person.id, name: person.name, ...email } : null,
  }
}

const wordOf: Partial<Record<Selector['kind'], string>> = { OWNER: 'entitlementOwner', SOURCE_OWNER: 'sourceOwner', MANAGER: 'manager' }

function flatToWire({ entitlements: { grant }, entitlementsRequestable }: TenantConfig): object {
  const words = grant.steps.flatMap(asksOf).map((step) => wordOf[step.kind] ?? `workgroup:${step.groupId}`)
  return {
    allowEntitlementRequest: entitlementsRequestable,
    requestCommentsRequired: grant.commentRequired,
    deniedCommentsRequired: grant.denialCommentRequired,
    grantRequestApprovalSchemes: words.join(','),
  }
}

function nestedToWire({ grant, revoke }: RequestConfig, forms: boolean): object {
  return {
    accessRequestConfig: {
      approvalSchemes: grant.steps.flatMap(asksOf).map(schemeToWire),
      requestCommentRequired: grant.commentRequired,
      denialCommentRequired: grant.denialCommentRequired,
      reauthorizationRequired: grant.reauthorizationRequired,
      requireEndDate: grant.endDateRequired,
      maxPermittedAccessDuration: grant.maxDuration && { value: grant.maxDuration.value, timeUnit: grant.maxDuration.unit },
      ...(forms ? { formDefinitionId: null } : {}),
    },
    revocationRequestConfig: { approvalSchemes: revoke.steps.flatMap(asksOf).map(schemeToWire) },
  }
}

function schemeToWire(step: Selector): object {
  return { approverType: step.kind === 'OWNER' ? 'ENTITLEMENT_OWNER' : step.kind, approverId: step.groupId ?? null }
}
