import { useState } from 'react'
import { approverTypes, areComplete, entitlementRulesToWire, type Rules } from '../../api/request-rules.ts'
import { SaveBar } from '../save-bar.tsx'
import { tellDone } from '../toast.tsx'
import { RulesForm } from './rules-form.tsx'

interface EntitlementRulesProps {
  saved: Rules
  /** Saves them; what it rejects with is given back as `error`. */
  save(wire: ReturnType<typeof entitlementRulesToWire>): Promise<unknown>
  isSaving: boolean
  error: unknown
  /** What is told when they are saved. */
  done: string
}

/** How entitlements without rules of their own are asked for: edited, and saved as a whole. */
export function EntitlementRules({ saved, save, isSaving, error, done }: EntitlementRulesProps) {
  const [draft, setDraft] = useState<Rules>()
  const rules = draft ?? saved
  const send = async () => {
    await save(entitlementRulesToWire(rules))
    setDraft(undefined)
    tellDone(done)
  }
  return (
    <>
      <RulesForm rules={rules} onChange={setDraft} types={approverTypes.ENTITLEMENT} />
      <SaveBar
        isDirty={JSON.stringify(rules) !== JSON.stringify(saved)}
        isBusy={isSaving}
        isInvalid={!areComplete(rules)}
        error={error}
        onSave={() => void send().catch(() => undefined)}
        onDiscard={() => setDraft(undefined)}
      />
    </>
  )
}
