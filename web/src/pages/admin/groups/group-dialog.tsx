import { useState } from 'react'
import { useSend } from '../../../api/queries.ts'
import type { Answer } from '../../../api/types.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { TextField } from '../../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../../parts/person-picker.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

interface GroupDialogProps {
  /** The group that is changed; a new one where there is none. */
  group?: Answer<'getWorkgroup'>
  isOpen: boolean
  onClose(): void
  onSaved?(id: string): void
}

/** Makes a group, or changes what it is called and who is responsible for it. */
export function GroupDialog({ group, isOpen, onClose, onSaved }: GroupDialogProps) {
  const t = useText()
  const [name, setName] = useState(group?.name ?? '')
  const [description, setDescription] = useState(group?.description ?? '')
  const [owner, setOwner] = useState<PickedPerson | undefined>(
    group?.owner ? { id: group.owner.id, name: group.owner.displayName } : undefined,
  )
  const make = useSend('createWorkgroup', 'groups')
  const change = useSend('patchWorkgroup', 'groups')
  const run = async () => {
    const ownerRef = owner === undefined ? null : { type: 'IDENTITY' as const, id: owner.id }
    const saved =
      group === undefined
        ? await make.mutateAsync({ body: { name: name.trim(), description, owner: ownerRef } })
        : await change.mutateAsync({
            params: { id: group.id },
            body: [
              { op: 'replace', path: '/name', value: name.trim() },
              { op: 'replace', path: '/description', value: description },
              { op: 'replace', path: '/owner', value: ownerRef },
            ],
          })
    tellDone(t('groups.saved'))
    onSaved?.(saved.id)
  }
  return (
    <Confirm
      title={group === undefined ? t('groups.new') : t('groups.edit')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('part.save')}
      isDisabled={name.trim() === ''}
      run={run}
    >
      <TextField label={t('groups.name')} value={name} onChange={setName} isRequired autoFocus maxLength={255} />
      <TextField label={t('groups.description')} value={description} onChange={setDescription} lines={2} maxLength={4000} />
      <PersonPicker label={t('groups.owner')} value={owner} onChange={setOwner} />
    </Confirm>
  )
}
