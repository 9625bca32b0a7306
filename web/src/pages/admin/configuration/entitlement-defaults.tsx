import { useRequestConfiguration } from '../../../api/configuration.ts'
import { rulesFromWire } from '../../../api/request-rules.ts'
import { EntitlementRules } from '../../../parts/rules/entitlement-rules.tsx'
import { Shown } from '../../../parts/states.tsx'
import { useText } from '../../../text/text.tsx'

/** How entitlements are asked for where neither they nor their source have rules. */
export function EntitlementDefaults() {
  const t = useText()
  const { query, save, isSaving, error } = useRequestConfiguration()
  return (
    <Shown query={query}>
      {(config) => (
        <>
          <p className="muted">{t('onBehalf.entitlementsAbout')}</p>
          <EntitlementRules
            saved={rulesFromWire(config.entitlementRequestConfig ?? {})}
            save={(entitlementRequestConfig) => save(config, { entitlementRequestConfig })}
            isSaving={isSaving}
            error={error}
            done={t('configuration.saved')}
          />
        </>
      )}
    </Shown>
  )
}
