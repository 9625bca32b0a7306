import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { TextField } from '../../parts/fields.tsx'
import { Time } from '../../parts/time.tsx'
import { tellDone, tellFailure } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'
import type { TimelineItem } from './request-page.tsx'

/** Reminds those it waits for, and takes the request back. */
export function RequestActions({ requestId, items }: { requestId: string; items: TimelineItem[] }) {
  const t = useText()
  const [isCancelling, setCancelling] = useState(false)
  const [reason, setReason] = useState('')
  const remind = useSend('remindApprovers', 'requests', 'approvals')
  const cancel = useSend('cancelAccessRequest', 'requests', 'approvals', 'access')
  const waits = items.flatMap(({ waitsFor }) => waitsFor)
  const later = waits.find(({ canRemind, remindableFrom }) => !canRemind && remindableFrom !== null)?.remindableFrom
  const sendReminder = async () => {
    try {
      const { reminded } = await remind.mutateAsync({ params: { id: requestId } })
      const names = [...new Set(reminded.flatMap(({ people }) => people.map(({ name }) => name)))]
      tellDone(t('timeline.reminded', { names: names.join(', ') }))
    } catch (error) {
      tellFailure(error, t('part.problem.title'))
    }
  }
  return (
    <>
      {waits.some(({ canRemind }) => canRemind) ? (
        <Button icon="bell" isPending={remind.isPending} onPress={() => void sendReminder()}>
          {t('timeline.remind')}
        </Button>
      ) : later ? (
        <span className="muted">
          {t('timeline.remindLater')} <Time at={later} form="relative" />
        </span>
      ) : null}
      {items.some(({ cancelable }) => cancelable) ? (
        <Button icon="close" onPress={() => setCancelling(true)}>
          {t('timeline.cancel')}
        </Button>
      ) : null}
      <Confirm
        title={t('timeline.cancelTitle')}
        isOpen={isCancelling}
        onClose={() => setCancelling(false)}
        action={t('timeline.cancel')}
        isDanger
        isDisabled={reason.trim() === ''}
        run={async () => {
          await cancel.mutateAsync({ body: { accountActivityId: requestId, comment: reason.trim() } })
          tellDone(t('timeline.cancelled'))
        }}
      >
        <TextField label={t('access.reason')} value={reason} onChange={setReason} lines={2} maxLength={4000} isRequired autoFocus />
      </Confirm>
    </>
  )
}
