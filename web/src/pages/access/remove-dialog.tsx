import { useState } from 'react'
import { type Held, removalOf } from '../../api/changes.ts'
import { useCall, useSend } from '../../api/queries.ts'
import { ActionBadge } from '../../parts/badges.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { TextField } from '../../parts/fields.tsx'
import { Shown } from '../../parts/states.tsx'
import { Steps } from '../../parts/steps.tsx'
import { withoutField } from '../../parts/telling.ts'
import { tellDone } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'

/** Takes somebody's access away, with the reason. */
export function RemoveDialog({ held, onClose }: { held: Held; onClose(): void }) {
  const t = useText()
  const [reason, setReason] = useState('')
  const remove = useSend('createAccessRequest', 'requests', 'access', 'approvals')
  const preview = useCall('previewAccessRequest', { body: removalOf(held, '–') })
  const run = async () => {
    await remove.mutateAsync({ body: removalOf(held, reason) })
    tellDone(t('access.removalAsked', { item: held.item.name, person: held.person.name }))
  }
  return (
    <Confirm
      title={t('access.removeTitle', { item: held.item.name, person: held.person.name })}
      isOpen
      onClose={onClose}
      action={t('access.remove')}
      isDanger
      isDisabled={reason.trim() === ''}
      run={run}
    >
      <div>
        <ActionBadge action="REVOKE_ACCESS" large />
      </div>
      <TextField label={t('access.reason')} value={reason} onChange={setReason} lines={2} maxLength={4000} isRequired autoFocus />
      <Shown query={preview} rows={2}>
        {({ refused, items: [outcome] }) => (
          <section className="stack stack-small">
            <h3>{t('basket.asked')}</h3>
            {refused ? <p className="field-error">{withoutField(refused.reason)}</p> : null}
            {outcome ? <Steps steps={outcome.steps} /> : null}
          </section>
        )}
      </Shown>
    </Confirm>
  )
}
