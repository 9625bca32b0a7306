import { useState } from 'react'
import { type RequestConfiguration, useRequestConfiguration } from '../../../api/configuration.ts'
import { Switch } from '../../../parts/checkbox.tsx'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

interface Switches {
  byManager: boolean
  byAnyone: boolean
  external: boolean
}

function fromWire({ requestOnBehalfOfConfig: behalf, approvalsMustBeExternal = false }: RequestConfiguration): Switches {
  return {
    byManager: behalf?.allowRequestOnBehalfOfEmployeeByManager ?? false,
    byAnyone: behalf?.allowRequestOnBehalfOfAnyoneByAnyone ?? false,
    external: approvalsMustBeExternal,
  }
}

function toWire({ byManager, byAnyone, external }: Switches): RequestConfiguration {
  return {
    requestOnBehalfOfConfig: { allowRequestOnBehalfOfEmployeeByManager: byManager, allowRequestOnBehalfOfAnyoneByAnyone: byAnyone },
    approvalsMustBeExternal: external,
  }
}

/** For whom people may ask. */
export function RequestSettings() {
  const t = useText()
  const { query, save, isSaving, error } = useRequestConfiguration()
  const [draft, setDraft] = useState<Partial<Switches>>({})
  return (
    <Shown query={query}>
      {(config) => {
        const saved = fromWire(config)
        const now = { ...saved, ...draft }
        const send = async () => {
          await save(config, toWire(now))
          setDraft({})
          tellDone(t('configuration.saved'))
        }
        return (
          <>
            <section className="card stack">
              <h2>{t('onBehalf.title')}</h2>
              <p className="muted">{t('onBehalf.self')}</p>
              <Switch
                label={t('onBehalf.manager')}
                isSelected={now.byManager}
                onChange={(byManager) => setDraft({ ...draft, byManager })}
              />
              <Switch label={t('onBehalf.anyone')} isSelected={now.byAnyone} onChange={(byAnyone) => setDraft({ ...draft, byAnyone })} />
            </section>
            <section className="card stack">
              <h2>{t('onBehalf.rules')}</h2>
              <Switch label={t('onBehalf.external')} isSelected={now.external} onChange={(external) => setDraft({ ...draft, external })} />
            </section>
            <SaveBar
              isDirty={JSON.stringify(now) !== JSON.stringify(saved)}
              isBusy={isSaving}
              error={error}
              onSave={() => void send().catch(() => undefined)}
              onDiscard={() => setDraft({})}
            />
          </>
        )
      }}
    </Shown>
  )
}
