/** What is wrong with a policy file, and where. */

/** Every kind of issue there is; docs/policies.md tells what to do about each. */
export const issueCodes = {
  'not-yaml': 'error',
  'wrong-type': 'error',
  'unknown-key': 'error',
  'missing-key': 'error',
  'unknown-word': 'error',
  'out-of-range': 'error',
  'nothing-said': 'error',
  'twice-the-same': 'error',
  'unknown-name': 'error',
  'not-there': 'error',
  'nobody-asked': 'warning',
  'perhaps-nobody': 'warning',
  'quorum-of-one': 'warning',
  'never-reminded': 'warning',
} as const

export type IssueCode = keyof typeof issueCodes

export interface PolicyIssue {
  code: IssueCode
  severity: 'error' | 'warning'
  /** Counted from 1. */
  line: number
  message: string
}

/** True when nothing worse than a warning was found. */
export function isSound(issues: PolicyIssue[]): boolean {
  return issues.every(({ severity }) => severity === 'warning')
}
