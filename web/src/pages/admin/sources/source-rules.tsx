import { useCall, useSend } from '../../../api/queries.ts'
import { rulesFromWire } from '../../../api/request-rules.ts'
import { Section } from '../../../parts/page.tsx'
import { EntitlementRules } from '../../../parts/rules/entitlement-rules.tsx'
import { Shown } from '../../../parts/states.tsx'
import { useText } from '../../../text/text.tsx'

/** How entitlements of a source are asked for that have no rules of their own. */
export function SourceRules({ id }: { id: string }) {
  const t = useText()
  const config = useCall('getSourceEntitlementRequestConfig', { params: { id } })
  const save = useSend('updateSourceEntitlementRequestConfig', 'sources', 'catalogue')
  return (
    <Section title={t('sources.rules')}>
      <p className="muted">{t('sources.rulesAbout')}</p>
      <Shown query={config}>
        {(wire) => (
          <EntitlementRules
            saved={rulesFromWire(wire)}
            save={(body) => save.mutateAsync({ params: { id }, body })}
            isSaving={save.isPending}
            error={save.error}
            done={t('sources.rulesSaved')}
          />
        )}
      </Shown>
    </Section>
  )
}
