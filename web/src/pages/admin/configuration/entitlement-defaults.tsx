import { useState } from 'react'
import { useRequestConfiguration } from '../../../api/configuration.ts'
import { approverTypes, areComplete, entitlementRulesToWire, type Rules, rulesFromWire } from '../../../api/request-rules.ts'
import { RulesForm } from '../../../parts/rules/rules-form.tsx'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

/** How entitlements are asked for where neither they nor their source have rules. */
export function EntitlementDefaults() {
  const t = useText()
  const { query, save, isSaving, error } = useRequestConfiguration()
  const [draft, setDraft] = useState<Rules>()
  return (
    <Shown query={query}>
      {(config) => {
        const saved = rulesFromWire(config.entitlementRequestConfig ?? {})
        const rules = draft ?? saved
        const send = async () => {
          await save(config, { entitlementRequestConfig: entitlementRulesToWire(rules) })
          setDraft(undefined)
          tellDone(t('configuration.saved'))
        }
        return (
          <>
            <p className="muted">{t('onBehalf.entitlementsAbout')}</p>
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
      }}
    </Shown>
  )
}
