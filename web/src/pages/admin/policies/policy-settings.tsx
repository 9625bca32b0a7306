import { useState } from 'react'
import { useCall, useSend } from '../../../api/queries.ts'
import type { Answer } from '../../../api/types.ts'
import { Radios } from '../../../parts/fields.tsx'
import { GroupOfId } from '../../../parts/group-picker.tsx'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

type Settings = Answer<'getSodSettings'>
const choices = ['REPORT', 'ADD_STEP', 'DENY'] as const

/** What becomes of a request that would break a policy. */
export function PolicySettings() {
  const settings = useCall('getSodSettings', {})
  return (
    <Shown query={settings}>{(saved) => <Form saved={{ onViolation: saved.onViolation, stepGroupId: saved.stepGroupId ?? null }} />}</Shown>
  )
}

function Form({ saved }: { saved: Settings }) {
  const t = useText()
  const [draft, setDraft] = useState<Partial<Settings>>({})
  const now = { ...saved, ...draft }
  const save = useSend('setSodSettings', 'policies')
  const send = async () => {
    const done = await save.mutateAsync({ body: now }).catch(() => undefined)
    if (done === undefined) return
    setDraft({})
    tellDone(t('policies.settingsSaved'))
  }
  return (
    <section className="card stack">
      <Radios<Settings['onViolation']>
        label={t('policies.settings')}
        value={now.onViolation}
        onChange={(onViolation) => setDraft({ ...draft, onViolation })}
        choices={choices.map((key) => ({ key, name: t(`policies.on.${key}`) }))}
      />
      {now.onViolation === 'ADD_STEP' ? (
        <GroupOfId
          label={t('policies.group')}
          isRequired
          id={now.stepGroupId ?? null}
          onChange={(stepGroupId) => setDraft({ ...draft, stepGroupId })}
        />
      ) : null}
      <SaveBar
        isDirty={JSON.stringify(now) !== JSON.stringify(saved)}
        isBusy={save.isPending}
        isInvalid={now.onViolation === 'ADD_STEP' && !now.stepGroupId}
        error={save.error}
        onSave={() => void send()}
        onDiscard={() => setDraft({})}
      />
    </section>
  )
}
