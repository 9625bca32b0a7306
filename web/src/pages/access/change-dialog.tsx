import { useState } from 'react'
import { momentOf } from '../../api/basket.ts'
import { changeOf, type Held } from '../../api/changes.ts'
import { useCall, useSend } from '../../api/queries.ts'
import { useNow } from '../../parts/clock.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { TextField } from '../../parts/fields.tsx'
import { Shown } from '../../parts/states.tsx'
import { Steps } from '../../parts/steps.tsx'
import { tell, withoutField } from '../../parts/telling.ts'
import { MaybeTime } from '../../parts/time.tsx'
import { tellDone } from '../../parts/toast.tsx'
import { type Say, useText } from '../../text/text.tsx'

/** Whoever gives something back wants it gone, but the contract wants an end that is still ahead. */
const aMomentMs = 120_000

function reasonOf(t: Say, { field, reason }: { field: string | null; reason: string }): string {
  const words = withoutField(reason)
  return field?.endsWith('removeDate') ? t('basket.wrongEnd', { reason: words }) : words
}

interface ChangeDialogProps {
  held: Held
  /** It shall end at once; otherwise the end is chosen. */
  givesBack: boolean
  onClose(): void
}

/** Asks for another end of what is held, and shows who must agree to that. */
export function ChangeDialog({ held, givesBack, onClose }: ChangeDialogProps) {
  const t = useText()
  const now = useNow()
  const [day, setDay] = useState('')
  const [comment, setComment] = useState('')
  const change = useSend('createAccessRequest', 'requests', 'access', 'approvals')
  const end = givesBack ? new Date(now + aMomentMs).toISOString() : momentOf(day, 'end')
  const body = changeOf(held, comment, end)
  const isChanged = givesBack || end !== undefined || held.until !== null
  const preview = useCall('previewAccessRequest', { body: changeOf(held, comment.trim() || '–', end) }, { keep: true, enabled: isChanged })
  const [outcome] = preview.data?.items ?? []
  const wantsComment = outcome?.limits.commentRequired === true && comment.trim() === ''
  const run = async () => {
    await change.mutateAsync({ body })
    tellDone(t('access.asked', { item: held.item.name }))
  }
  return (
    <Confirm
      title={givesBack ? t('access.giveBackTitle', { item: held.item.name }) : t('access.changeTitle', { item: held.item.name })}
      isOpen
      onClose={onClose}
      action={givesBack ? t('access.giveBack') : t('access.changeNow')}
      isDisabled={!isChanged || wantsComment || preview.data?.refused != null || outcome?.cancelledBecause != null}
      run={run}
    >
      <p className="muted">
        {held.person.name} · {t('access.untilNow')} <MaybeTime at={held.until} form="day" none={t('approvals.noDate')} />
      </p>
      {givesBack ? (
        <p>{t('access.giveBackText')}</p>
      ) : (
        <TextField label={t('basket.end')} type="date" value={day} onChange={setDay} hint={t('basket.endHint')} autoFocus />
      )}
      <TextField label={t('access.reason')} value={comment} onChange={setComment} lines={2} maxLength={4000} isRequired={wantsComment} />
      {isChanged ? (
        <Shown query={preview} rows={2}>
          {({ refused }) => (
            <section className="stack stack-small">
              <h3>{t('basket.asked')}</h3>
              {refused ? <p className="field-error">{reasonOf(t, refused)}</p> : null}
              {outcome?.cancelledBecause ? (
                <p className="note">{tell(t, { text: outcome.cancelledBecause, sentence: outcome.cancelledSentence })}</p>
              ) : null}
              {outcome && outcome.cancelledBecause === null ? <Steps steps={outcome.steps} /> : null}
            </section>
          )}
        </Shown>
      ) : null}
    </Confirm>
  )
}
