import { useState } from 'react'
import { useCall, useSend } from '../../../api/queries.ts'
import { approverTypes, areComplete, entitlementRulesToWire, type Rules, rulesFromWire } from '../../../api/request-rules.ts'
import { Section } from '../../../parts/page.tsx'
import { RulesForm } from '../../../parts/rules/rules-form.tsx'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

/** How entitlements of a source are asked for that have no rules of their own. */
export function SourceRules({ id }: { id: string }) {
  const t = useText()
  const config = useCall('getSourceEntitlementRequestConfig', { params: { id } })
  const save = useSend('updateSourceEntitlementRequestConfig', 'sources', 'catalogue')
  const [draft, setDraft] = useState<Rules>()
  return (
    <Section title={t('sources.rules')}>
      <p className="muted">{t('sources.rulesAbout')}</p>
      <Shown query={config}>
        {(wire) => {
          const saved = rulesFromWire(wire)
          const rules = draft ?? saved
          const send = async () => {
            const done = await save.mutateAsync({ params: { id }, body: entitlementRulesToWire(rules) }).catch(() => undefined)
            if (done === undefined) return
            setDraft(undefined)
            tellDone(t('sources.rulesSaved'))
          }
          return (
            <>
              <RulesForm rules={rules} onChange={setDraft} types={approverTypes.ENTITLEMENT} />
              <SaveBar
                isDirty={JSON.stringify(rules) !== JSON.stringify(saved)}
                isBusy={save.isPending}
                isInvalid={!areComplete(rules)}
                error={save.error}
                onSave={() => void send()}
                onDiscard={() => setDraft(undefined)}
              />
            </>
          )
        }}
      </Shown>
    </Section>
  )
}
