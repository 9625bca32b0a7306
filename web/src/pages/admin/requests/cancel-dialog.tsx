import { useState } from 'react'
import { type BulkResult, doTogether } from '../../../api/bulk.ts'
import { call } from '../../../api/call.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { TextField } from '../../../parts/fields.tsx'
import { useText } from '../../../text/text.tsx'

/** As many as one call takes. */
const mostAtOnce = 50

interface CancelDialogProps {
  ids: readonly string[]
  isOpen: boolean
  onClose(): void
  onDone(result: BulkResult): void
}

/** Withdraws requests that still wait for approvals; whoever asked for them reads why. */
export function CancelDialog({ ids, isOpen, onClose, onDone }: CancelDialogProps) {
  const t = useText()
  const [comment, setComment] = useState('')
  const run = async () => {
    const cancel = (some: string[]) => call('cancelAccessRequestInBulk', { body: { accessRequestIds: some, comment: comment.trim() } })
    onDone(await doTogether(ids, mostAtOnce, cancel))
    setComment('')
  }
  return (
    <Confirm
      title={t('allRequests.cancelTitle')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('allRequests.cancelNow', { count: ids.length })}
      isDanger
      isDisabled={comment.trim() === ''}
      run={run}
    >
      <p>{t('allRequests.cancelText')}</p>
      <TextField
        label={t('allRequests.why')}
        hint={t('allRequests.whyHint')}
        value={comment}
        onChange={setComment}
        lines={2}
        maxLength={4000}
        isRequired
        autoFocus
      />
    </Confirm>
  )
}
