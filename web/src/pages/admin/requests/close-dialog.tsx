import { useState } from 'react'
import { useSend } from '../../../api/queries.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { Radios, TextField } from '../../../parts/fields.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

const outcomes = ['Failure', 'Incomplete', 'Success'] as const
type Outcome = (typeof outcomes)[number]

interface CloseDialogProps {
  ids: readonly string[]
  isOpen: boolean
  onClose(): void
  onDone(): void
}

/** Ends requests by hand at whatever stage they are. */
export function CloseDialog({ ids, isOpen, onClose, onDone }: CloseDialogProps) {
  const t = useText()
  const [outcome, setOutcome] = useState<Outcome>('Failure')
  const [message, setMessage] = useState('')
  const close = useSend('closeAccessRequest', 'requests', 'approvals', 'tasks', 'access')
  const run = async () => {
    const executionStatus = outcome === 'Success' ? 'Completed' : 'Terminated'
    const text = message.trim()
    await close.mutateAsync({
      body: { accessRequestIds: [...ids], executionStatus, completionStatus: outcome, ...(text === '' ? {} : { message: text }) },
    })
    tellDone(t('allRequests.closed', { count: ids.length }))
    setMessage('')
    onDone()
  }
  return (
    <Confirm
      title={t('allRequests.closeTitle')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('allRequests.closeNow', { count: ids.length })}
      isDanger
      run={run}
    >
      <p>{t('allRequests.closeText')}</p>
      <Radios<Outcome>
        label={t('allRequests.closeAs')}
        value={outcome}
        onChange={setOutcome}
        choices={outcomes.map((key) => ({ key, name: t(`allRequests.closeAs.${key}`) }))}
      />
      <TextField
        label={t('allRequests.why')}
        hint={t('allRequests.whyHint')}
        value={message}
        onChange={setMessage}
        lines={2}
        maxLength={4000}
      />
    </Confirm>
  )
}
