import { type ScopedRules, scopedRulesOfType, withScopedRules } from '../domain/approval-rules.ts'
import { canonicalJson, type Json } from '../domain/audit.ts'
import type { PolicyDocument } from '../domain/policy/document.ts'
import { isSound, type PolicyIssue } from '../domain/policy/issue.ts'
import { type PolicyChange, type PolicySubject, resolvePolicy } from '../domain/policy/resolve.ts'
import type { Ids } from '../ports.ts'
import { findApprovalRules, saveApprovalRules } from '../store/approval-config.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { lockPolicyDirectory, updateItemRequestConfig } from '../store/policies.ts'
import { loadTenantConfig, lockTenantConfig, saveTenantConfig } from '../store/settings.ts'
import { updateSourceRequestConfig } from '../store/sources.ts'
import type { Context } from './context.ts'

/** A policy with the file it stands in, for messages. */
export interface PolicyOfFile {
  file: string
  policy: PolicyDocument
}

export interface AppliedPolicies {
  /** What names nothing; then nothing was written. */
  issues: (PolicyIssue & { file: string })[]
  /** For each thing a policy is for: whether it said something new. */
  applied: { policy: string; subject: string; changed: boolean }[]
}

/** Nothing is kept of a dry run. */
class DryRun extends Error {
  readonly result: AppliedPolicies

  constructor(result: AppliedPolicies) {
    super('a dry run')
    this.result = result
  }
}

/**
 * Takes policies; writes what they say where the wire's own configuration is kept, all of it or (when a name is unknown, or on a dry run)
 * nothing, with a line in the record for each change. Requests made before keep the rules of then.
 */
export async function applyPolicies({ db, ids }: Context, by: string, policies: PolicyOfFile[], dryRun = false): Promise<AppliedPolicies> {
  try {
    return await db.transaction(async (tx) => {
      const result = await apply(tx, ids, by, policies)
      if (dryRun || !isSound(result.issues)) throw new DryRun(result)
      return result
    })
  } catch (error) {
    if (error instanceof DryRun) return error.result
    throw error
  }
}

async function apply(tx: Tx, ids: Ids, by: string, policies: PolicyOfFile[]): Promise<AppliedPolicies> {
  await lockTenantConfig(tx)
  const directory = await lockPolicyDirectory(
    tx,
    policies.map(({ policy }) => policy),
  )
  const resolved = policies.map(({ file, policy }) => ({ file, ...resolvePolicy(policy, directory) }))
  const issues = resolved.flatMap(({ file, issues: found, changes }) =>
    [...found, ...repeated(changes, resolved, file)].map((issue) => ({ ...issue, file })),
  )
  const applied: AppliedPolicies['applied'] = []
  if (!isSound(issues)) return { issues, applied }
  for (const change of resolved.flatMap(({ changes }) => changes)) {
    applied.push({ policy: change.policy, subject: change.subject.name, changed: await applyChange(tx, ids, by, change) })
  }
  return { issues, applied }
}

/** Two policies for one thing would take turns with every apply. */
function repeated(changes: PolicyChange[], all: { changes: PolicyChange[] }[], file: string): (PolicyIssue & { file: string })[] {
  const others = all.flatMap((one) => (one.changes === changes ? [] : one.changes))
  return changes
    .filter(({ subject }) => others.some((other) => other.subject.id === subject.id))
    .map(({ subject, policy, line }) => ({
      file,
      code: 'twice-the-same',
      severity: 'error',
      line,
      message: `${subject.name} has another policy beside ${policy}.`,
    }))
}

async function applyChange(tx: Tx, ids: Ids, by: string, change: PolicyChange): Promise<boolean> {
  const before = await saidOf(tx, change)
  const after = {
    config: change.config ?? before.config,
    approvals: change.approvals ? { ...before.approvals, ...change.approvals } : before.approvals,
    sod: change.sod ?? before.sod,
  }
  if (canonicalJson(plain(before)) === canonicalJson(plain(after))) return false
  if (change.config) await saveConfig(tx, change)
  if (change.approvals) await saveApprovals(tx, change, after.approvals ?? {})
  if (change.sod) await saveTenantConfig(tx, { ...(await loadTenantConfig(tx.sql)), sod: change.sod })
  const { subject, policy } = change
  await recordAudit(tx, [
    {
      id: ids.next(),
      action: 'ACCESS_POLICY_APPLIED',
      actor: { id: null, name: by },
      target: { id: isWide(subject) ? null : subject.id, name: subject.name },
      trackingNumber: null,
      details: { policy, from: plain(before), to: plain(after) },
    },
  ])
  return true
}

function isWide({ kind }: PolicySubject): boolean {
  return kind === 'TENANT' || kind === 'WHOLE_TENANT'
}

async function saidOf(tx: Tx, { subject }: PolicyChange): Promise<Pick<PolicyChange, 'config' | 'approvals' | 'sod'>> {
  if (subject.kind === 'ITEM') return { config: subject.config, approvals: await findApprovalRules(tx.sql, subject.id), sod: undefined }
  if (subject.kind === 'SOURCE') return { config: subject.config, approvals: undefined, sod: undefined }
  const config = await loadTenantConfig(tx.sql)
  if (subject.kind === 'WHOLE_TENANT') return { config: undefined, approvals: config.approvals?.tenant ?? {}, sod: config.sod }
  return { config: config.entitlements, approvals: scopedRulesOfType(config), sod: undefined }
}

async function saveConfig(tx: Tx, { subject, config }: PolicyChange): Promise<void> {
  if (!config) return
  if (subject.kind === 'ITEM') return updateItemRequestConfig(tx, subject.id, config)
  if (subject.kind === 'SOURCE') return updateSourceRequestConfig(tx, subject.id, config)
  await saveTenantConfig(tx, { ...(await loadTenantConfig(tx.sql)), entitlements: config })
}

async function saveApprovals(tx: Tx, { subject }: PolicyChange, rules: ScopedRules): Promise<void> {
  if (subject.kind === 'ITEM') return saveApprovalRules(tx, subject.id, rules)
  const scope = subject.kind === 'WHOLE_TENANT' ? 'TENANT' : 'TYPE'
  await saveTenantConfig(tx, withScopedRules(await loadTenantConfig(tx.sql), scope, rules))
}

function plain(value: unknown): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}
