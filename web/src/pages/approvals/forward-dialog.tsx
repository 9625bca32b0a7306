import { useState } from 'react'
import type { PendingApproval } from '../../api/approvals.ts'
import { useSend } from '../../api/queries.ts'
import { useMe } from '../../api/session.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { TextField } from '../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../parts/person-picker.tsx'
import { tellDone } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'

interface ForwardDialogProps {
  approval: PendingApproval
  isOpen: boolean
  onClose(): void
  onForwarded(): void
}

/** Hands an approval to somebody else, with the reason. */
export function ForwardDialog({ approval, isOpen, onClose, onForwarded }: ForwardDialogProps) {
  const t = useText()
  const me = useMe()
  const [person, setPerson] = useState<PickedPerson>()
  const [comment, setComment] = useState('')
  const forward = useSend('forwardAccessRequest', 'approvals', 'requests')
  const run = async () => {
    const body = { newOwnerId: person?.id ?? '', comment: comment.trim() }
    await forward.mutateAsync({ params: { approvalId: approval.id }, body })
    tellDone(t('approvals.forwarded', { name: person?.name }))
    onForwarded()
  }
  return (
    <Confirm
      title={t('approvals.forwardTitle')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('approvals.forward')}
      isDisabled={person === undefined || comment.trim() === ''}
      run={run}
    >
      <p className="muted">{t('approvals.forwardAbout', { item: approval.requestedObject.name, person: approval.requestedFor.name })}</p>
      <PersonPicker
        label={t('approvals.forwardTo')}
        value={person}
        onChange={setPerson}
        isRequired
        autoFocus
        except={[me.id, approval.requestedFor.id]}
      />
      <TextField label={t('approvals.forwardWhy')} value={comment} onChange={setComment} lines={2} maxLength={255} isRequired />
    </Confirm>
  )
}
