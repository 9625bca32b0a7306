/** How directories say that an account is disabled. */
export type Disabler = 'pwdAccountLockedTime' | 'userAccountControl' | 'nsAccountLock'

export const disablers = ['pwdAccountLockedTime', 'userAccountControl', 'nsAccountLock'] as const

/** Locked by an administrator, not by wrong passwords: the date is that of the draft for password policies. */
const LOCKED_FOR_GOOD = '000001010000Z'
const ACCOUNT_DISABLED = 2

/** Whether an account with these values of the attribute is disabled. A lock that ends by itself is no disabled account. */
export function isDisabled(by: Disabler, values: string[]): boolean {
  const [value = ''] = values
  if (by === 'pwdAccountLockedTime') return value === LOCKED_FOR_GOOD
  if (by === 'nsAccountLock') return value.toLowerCase() === 'true'
  return (Number(value) & ACCOUNT_DISABLED) !== 0
}

/** The values the attribute has to have for the account to be disabled, or enabled; other things that it says are kept. */
export function disablingValues(by: Disabler, values: string[], disabled: boolean): string[] {
  if (by === 'pwdAccountLockedTime') return disabled ? [LOCKED_FOR_GOOD] : []
  if (by === 'nsAccountLock') return disabled ? ['TRUE'] : []
  const control = Number(values[0] ?? 0)
  return [String(disabled ? control | ACCOUNT_DISABLED : control & ~ACCOUNT_DISABLED)]
}
