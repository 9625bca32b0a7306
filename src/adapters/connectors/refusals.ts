import { TargetError } from '../../ports.ts'

/** What was to be changed is not at the target. */
export function noAccount(nativeIdentity: string): TargetError {
  return new TargetError('refused', `the target has no account '${nativeIdentity}'`)
}

/** Entitlements of a target of this kind are values of one attribute, and not of this. */
export function noAttribute(attribute: string, only: string): TargetError {
  return new TargetError('refused', `the target has no attribute '${attribute}', only '${only}'`)
}
