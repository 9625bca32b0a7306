import { useState } from 'react'
import { useSend } from '../../../api/queries.ts'
import { IconButton } from '../../../parts/button.tsx'
import { Checkbox } from '../../../parts/checkbox.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { TextField } from '../../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../../parts/person-picker.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'

/** As many people as one call takes. */
const most = 50

/** Moves everything that waits for people who leave. */
export function MoveDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const t = useText()
  const [people, setPeople] = useState<PickedPerson[]>([])
  const [to, setTo] = useState<PickedPerson>()
  const [comment, setComment] = useState('')
  const [types, setTypes] = useState({ approvals: true, tasks: true })
  const move = useSend('createBulkReassignment', 'standIns', 'approvals', 'tasks', 'requests')
  const run = async () => {
    await move.mutateAsync({
      body: {
        reassignFrom: people.map(({ id }) => id),
        reassignTo: to?.id ?? null,
        comment: comment.trim(),
        types: [...(types.approvals ? (['ACCESS_REQUESTS'] as const) : []), ...(types.tasks ? (['MANUAL_TASKS'] as const) : [])],
      },
    })
    tellDone(t('moves.started'))
  }
  return (
    <Confirm
      title={t('moves.title')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('moves.run')}
      isDisabled={people.length === 0 || comment.trim() === '' || !(types.approvals || types.tasks)}
      run={run}
    >
      <ul className="chips" aria-label={t('moves.from')}>
        {people.map(({ id, name }) => (
          <li key={id} className="chip">
            <strong>{name}</strong>
            <IconButton icon="close" label={t('moves.take', { name })} onPress={() => setPeople(people.filter((one) => one.id !== id))} />
          </li>
        ))}
      </ul>
      {people.length < most ? (
        <PersonPicker
          key={people.length}
          label={people.length === 0 ? t('moves.from') : t('moves.add')}
          value={undefined}
          isRequired={people.length === 0}
          autoFocus
          except={people.map(({ id }) => id)}
          onChange={(picked) => picked && setPeople([...people, picked])}
        />
      ) : null}
      <PersonPicker label={t('moves.to')} hint={t('moves.toHint')} value={to} onChange={setTo} except={people.map(({ id }) => id)} />
      <div className="row">
        <Checkbox label={t('moves.approvals')} isSelected={types.approvals} onChange={(approvals) => setTypes({ ...types, approvals })} />
        <Checkbox label={t('moves.tasks')} isSelected={types.tasks} onChange={(tasks) => setTypes({ ...types, tasks })} />
      </div>
      <TextField
        label={t('moves.why')}
        hint={t('moves.whyHint')}
        value={comment}
        onChange={setComment}
        lines={2}
        maxLength={255}
        isRequired
      />
    </Confirm>
  )
}
