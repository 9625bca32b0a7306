/** Whether people can use their accounts: those of people who have left are disabled where the source wants that. Pure. */

export interface SwitchFacts {
  /** Null: the account belongs to nobody. */
  ownerActive: boolean | null
  /** The source wants the accounts of people who leave to be disabled. */
  disablesLeavers: boolean
}

/**
 * What to do about an account that is to be disabled or enabled: go on, turn it round (it may have been done, and is not wanted any more) or drop
 * it. The accounts of nobody are left alone.
 * `tried`: whether the target was ever asked.
 */
export function planSwitch(facts: SwitchFacts, disable: boolean, tried: boolean): 'go on' | 'turn round' | 'drop' {
  if (facts.ownerActive === null) return 'drop'
  const isOut = !facts.ownerActive && facts.disablesLeavers
  if (isOut === disable) return 'go on'
  return tried ? 'turn round' : 'drop'
}
