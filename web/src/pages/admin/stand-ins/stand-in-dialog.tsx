import { useState } from 'react'
import { useSend } from '../../../api/queries.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { Select, TextField } from '../../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../../parts/person-picker.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

const types = ['ACCESS_REQUESTS', 'MANUAL_TASKS'] as const
type Type = (typeof types)[number]

/** A moment that a field holds, as the wire writes it; undefined for an empty field. */
const momentOf = (text: string) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString())

/** Says who stands in for somebody, for one type of work and a time. */
export function StandInDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const t = useText()
  const [person, setPerson] = useState<PickedPerson>()
  const [standIn, setStandIn] = useState<PickedPerson>()
  const [type, setType] = useState<Type>('ACCESS_REQUESTS')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const save = useSend('putReassignmentConfig', 'standIns', 'approvals', 'tasks')
  const run = async () => {
    if (person === undefined || standIn === undefined) return
    const [startDate, endDate] = [momentOf(from), momentOf(until)]
    await save.mutateAsync({
      params: { identityId: person.id },
      body: {
        reassignedToId: standIn.id,
        configType: type,
        ...(startDate === undefined ? {} : { startDate }),
        endDate: endDate ?? null,
      },
    })
    tellDone(t('standIns.made', { name: standIn.name }))
  }
  return (
    <Confirm
      title={t('standIns.new')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('standIns.make')}
      isDisabled={person === undefined || standIn === undefined}
      run={run}
    >
      <PersonPicker label={t('standIns.person')} value={person} onChange={setPerson} isRequired autoFocus />
      <PersonPicker
        label={t('standIns.standIn')}
        value={standIn}
        onChange={setStandIn}
        isRequired
        except={person === undefined ? [] : [person.id]}
      />
      <Select<Type>
        label={t('standIns.type')}
        value={type}
        onChange={setType}
        choices={types.map((key) => ({ key, name: t(`standIns.type.${key}`) }))}
      />
      <div className="fields">
        <TextField type="datetime-local" label={t('standIns.from')} hint={t('standIns.fromHint')} value={from} onChange={setFrom} />
        <TextField type="datetime-local" label={t('standIns.until')} hint={t('standIns.untilHint')} value={until} onChange={setUntil} />
      </div>
    </Confirm>
  )
}
