import { type ApprovalConfig, type ApprovalScopeName, approvalScopes } from '../api/approval-config.ts'
import { ACCESS_REQUESTS, type ApprovalRules, type ApprovalScope, rulesInForce, type ScopedRules } from '../domain/approval-rules.ts'
import { DomainError } from '../domain/errors.ts'
import { cronOf, everyDaysOf } from '../domain/schedule.ts'
import { MANAGER_LEVELS, MAX_ESCALATION_LEVELS } from '../domain/timers.ts'
import { setApprovalConfig } from '../operations/set-approval-config.ts'
import { listAskableItems } from '../store/access-items.ts'
import { findApprovalRules } from '../store/approval-config.ts'
import { loadTenantConfig } from '../store/settings.ts'
import { type Call, type Handler, param } from './call.ts'

export const approvalConfigHandlers = {
  getApprovalsConfig: async (call) => ({ body: toWire(await inForce(call)) }),
  putApprovalsConfig: async (call) => {
    const rules = await setApprovalConfig(call.app, call.actor, { scope: scopeOf(call), rules: fromWire(call.body as ApprovalConfig) })
    return { body: toWire(rules) }
  },
  deleteApprovalConfigRequest: async (call) => {
    await setApprovalConfig(call.app, call.actor, { scope: scopeOf(call), rules: undefined })
    return {}
  },
} satisfies Record<string, Handler>

/** compat: config-in-force. One id is asked for without a scope; the answer is what applies there, inherited parts and all. */
async function inForce(call: Call): Promise<ApprovalRules> {
  const id = param(call, 'id')
  const reader = call.app.db.sql
  const config = await loadTenantConfig(reader)
  if (id === ACCESS_REQUESTS) return rulesInForce(config, 'TYPE')
  if (isTenant(call, id)) return rulesInForce(config, 'TENANT')
  if (!(await listAskableItems(reader, [id])).has(id)) throw new DomainError('not_found', `There is no approval configuration ${id}.`)
  return rulesInForce(config, 'ITEM', await findApprovalRules(reader, id))
}

function isTenant(call: Call, id: string): boolean {
  return id === 'TENANT' || id === call.app.settings.tenantId
}

function scopeOf(call: Call): ApprovalScope {
  const id = param(call, 'id')
  const name = param(call, 'scope') as ApprovalScopeName
  if (!approvalScopes.includes(name)) throw new DomainError('invalid', `must be one of ${approvalScopes.join(', ')}.`, 'scope')
  switch (name) {
    case 'TENANT':
      if (!isTenant(call, id)) throw new DomainError('not_found', `There is no tenant ${id}.`)
      return { kind: 'TENANT' }
    case 'APPROVAL_TYPE':
      if (id !== ACCESS_REQUESTS) throw new DomainError('not_found', `The only type of approvals here is ${ACCESS_REQUESTS}.`)
      return { kind: 'TYPE' }
    case 'ACCOUNT':
      throw new DomainError('invalid', 'nothing is approved by account here.', 'scope')
    case 'DOMAIN_OBJECT':
      return { kind: 'ITEM', itemId: id, itemType: null }
    default:
      return { kind: 'ITEM', itemId: id, itemType: name }
  }
}

/** The parts the body speaks of. */
function fromWire(body: ApprovalConfig): ScopedRules {
  refuseUnsupported(body)
  const chain = chainFromWire(body)
  const fallbackApproverId = fallbackFromWire(body) ?? chain?.lastId
  return {
    ...(body.reminderConfig ? { reminders: remindersFromWire(body.reminderConfig) } : {}),
    ...(body.escalationConfig ? { escalation: escalationFromWire(body.escalationConfig, chain?.levels) } : {}),
    ...(body.timeoutConfig ? { timeout: timeoutFromWire(body.timeoutConfig) } : {}),
    ...(body.requiresComment ? { commentRequired: body.requiresComment } : {}),
    ...(fallbackApproverId ? { fallbackApproverId } : {}),
    ...(body.autoApprove ? { autoApprove: body.autoApprove } : {}),
  }
}

function refuseUnsupported(body: ApprovalConfig): void {
  // compat: approval-config-that-maps. What nothing here acts on is refused instead of being kept without effect.
  if (body.serialChain?.length) throw new DomainError('invalid', 'who is asked is part of the item: its approval schemes.', 'serialChain')
  if (body.circumventApprovalProcess) throw new DomainError('invalid', 'approvals cannot be circumvented.', 'circumventApprovalProcess')
  if ((body.machineIdentityManagerAssignment ?? 'MANAGER_OF_REQUESTER') !== 'MANAGER_OF_REQUESTER')
    throw new DomainError('invalid', 'access for machine identities is not requested here.', 'machineIdentityManagerAssignment')
}

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new DomainError('invalid', 'is required.', field)
  return value
}

function daysFromCron(cron: string | undefined, field: string): number | undefined {
  if (cron === undefined || cron === '') return undefined
  // compat: schedules-are-days. Timers count days of 24 hours from when the approval was asked; of a schedule only its days are kept.
  const everyDays = everyDaysOf(cron)
  if (everyDays === undefined)
    throw new DomainError(
      'invalid',
      'must be one time of the day, every day or every so many days, such as 0 9 * * * or 0 9 */2 * *.',
      field,
    )
  return everyDays
}

function remindersFromWire(wire: NonNullable<ApprovalConfig['reminderConfig']>): ApprovalRules['reminders'] {
  const everyDays = daysFromCron(wire.reminderCronSchedule, 'reminderConfig.reminderCronSchedule') ?? 1
  if (!wire.enabled || wire.maxReminders === 0) return null
  const firstAfterDays = required(wire.daysUntilFirstReminder, 'reminderConfig.daysUntilFirstReminder')
  return { firstAfterDays, everyDays, max: required(wire.maxReminders, 'reminderConfig.maxReminders') }
}

function escalationFromWire(
  wire: NonNullable<ApprovalConfig['escalationConfig']>,
  levels: number | undefined,
): ApprovalRules['escalation'] {
  const everyDays = daysFromCron(wire.escalationCronSchedule, 'escalationConfig.escalationCronSchedule') ?? null
  if (!wire.enabled) return null
  const afterDays = required(wire.daysUntilFirstEscalation, 'escalationConfig.daysUntilFirstEscalation')
  return { afterDays, everyDays, levels: levels ?? MAX_ESCALATION_LEVELS }
}

function timeoutFromWire(wire: NonNullable<ApprovalConfig['timeoutConfig']>): ApprovalRules['timeout'] {
  if (!wire.enabled) return null
  return { afterDays: required(wire.daysUntilTimeout, 'timeoutConfig.daysUntilTimeout'), result: wire.timeoutResult ?? 'EXPIRED' }
}

function fallbackFromWire({ fallbackApprover }: ApprovalConfig): string | undefined {
  if (!fallbackApprover) return undefined
  if ((fallbackApprover.type ?? 'IDENTITY') !== 'IDENTITY')
    throw new DomainError('invalid', 'only an IDENTITY can be the fallback approver.', 'fallbackApprover.type')
  return required(fallbackApprover.identityID || undefined, 'fallbackApprover.identityID')
}

/** How many levels a chain goes up, and whom it names last; undefined where the body has no chain. */
function chainFromWire(body: ApprovalConfig): { levels: number; lastId: string | undefined } | undefined {
  const chain = body.escalationConfig?.escalationChain ?? []
  if (chain.length === 0) return undefined
  const field = 'escalationConfig.escalationChain'
  const types = chain.map((one) => one.identityType ?? 'IDENTITY')
  const known = ['MANAGER_OF', 'MANAGER_OF MANAGER_OF', 'MANAGER_OF MANAGER_OF IDENTITY']
  if (!known.includes(types.join(' ')))
    throw new DomainError('invalid', 'must be MANAGER_OF once or twice, and after two an IDENTITY or nobody.', field)
  if (chain.length <= MANAGER_LEVELS) return { levels: chain.length, lastId: undefined }
  const lastId = required(chain.at(-1)?.identityId || undefined, `${field}[${MANAGER_LEVELS}].identityId`)
  const fallback = body.fallbackApprover?.identityID
  if (fallback && fallback !== lastId)
    throw new DomainError('invalid', 'must be the fallback approver: there is one last person.', `${field}[${MANAGER_LEVELS}].identityId`)
  return { levels: MAX_ESCALATION_LEVELS, lastId }
}

function toWire(rules: ApprovalRules): ApprovalConfig {
  const { reminders, escalation, timeout, fallbackApproverId } = rules
  return {
    reminderConfig: reminders
      ? {
          enabled: true,
          daysUntilFirstReminder: reminders.firstAfterDays,
          reminderCronSchedule: cronOf(reminders.everyDays),
          maxReminders: reminders.max,
        }
      : { enabled: false },
    escalationConfig: escalation ? escalationToWire(escalation, fallbackApproverId) : { enabled: false },
    timeoutConfig: timeout ? { enabled: true, daysUntilTimeout: timeout.afterDays, timeoutResult: timeout.result } : { enabled: false },
    requiresComment: rules.commentRequired,
    ...(fallbackApproverId === null ? {} : { fallbackApprover: { identityID: fallbackApproverId, type: 'IDENTITY' } }),
    autoApprove: rules.autoApprove,
  }
}

function escalationToWire({ afterDays, everyDays, levels }: NonNullable<ApprovalRules['escalation']>, fallbackApproverId: string | null) {
  const managers = Array.from({ length: Math.min(levels, MANAGER_LEVELS) }, () => ({ identityType: 'MANAGER_OF' as const }))
  const last =
    levels > MANAGER_LEVELS && fallbackApproverId !== null ? [{ identityType: 'IDENTITY' as const, identityId: fallbackApproverId }] : []
  // All levels and no fallback approver: no chain says that, so none is shown.
  const isWhole = levels <= MANAGER_LEVELS || last.length > 0
  return {
    enabled: true,
    daysUntilFirstEscalation: afterDays,
    ...(everyDays === null ? {} : { escalationCronSchedule: cronOf(everyDays) }),
    ...(isWhole ? { escalationChain: [...managers, ...last] } : {}),
  }
}
