import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { TextField } from '../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../parts/person-picker.tsx'
import { useShortcuts } from '../../parts/shortcuts.tsx'
import { Problem } from '../../parts/states.tsx'
import { tellDone } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'
import type { Task } from './task.ts'

/** Done, cannot be done (with the reason), or somebody else's. */
export function TaskAnswer({ task, onEnded }: { task: Task; onEnded(): void }) {
  const t = useText()
  const [comment, setComment] = useState<string>()
  const [isRefusing, setRefusing] = useState(false)
  const [isForwarding, setForwarding] = useState(false)
  const complete = useSend('completeWorkItem', 'tasks', 'requests', 'access')
  const reject = useSend('rejectApprovalItemsInBulk', 'tasks', 'requests', 'access')
  const isBusy = complete.isPending || reject.isPending
  const answer = async (send: typeof complete, told: string) => {
    if (isBusy) return
    const body = comment?.trim()
    const done = await send.mutateAsync({ params: { id: task.id }, ...(body ? { body } : {}) }).catch(() => undefined)
    if (done === undefined) return
    tellDone(told)
    onEnded()
  }
  const isReasonMissing = isRefusing && !comment?.trim()
  const refuse = () => {
    setComment((now) => now ?? '')
    if (!isRefusing) setRefusing(true)
    else if (!isReasonMissing) void answer(reject, t('tasks.refusedText'))
  }
  useShortcuts('tasks.keys', [
    { keys: 'd', text: 'tasks.done', run: () => void answer(complete, t('tasks.doneText')) },
    { keys: 'r', text: 'tasks.refuse', run: refuse },
    { keys: 'f', text: 'tasks.forward', run: () => setForwarding(true) },
  ])
  const error = complete.error ?? reject.error
  return (
    <section className="decision" aria-label={t('tasks.answer')}>
      {comment === undefined ? null : (
        <TextField
          label={isRefusing ? t('tasks.why') : t('tasks.comment')}
          value={comment}
          onChange={setComment}
          lines={2}
          maxLength={4000}
          autoFocus
          isRequired={isRefusing}
        />
      )}
      <div className="row decision-buttons">
        {isRefusing ? (
          <>
            <Button look="danger" icon="close" isPending={reject.isPending} isDisabled={isReasonMissing} onPress={refuse}>
              {t('tasks.refuseNow')}
            </Button>
            <Button onPress={() => setRefusing(false)}>{t('part.cancel')}</Button>
          </>
        ) : (
          <>
            <Button look="primary" icon="check" isPending={complete.isPending} onPress={() => void answer(complete, t('tasks.doneText'))}>
              {t('tasks.done')}
            </Button>
            <Button icon="close" onPress={refuse}>
              {t('tasks.refuse')}
            </Button>
            <Button look="quiet" icon="forward" onPress={() => setForwarding(true)}>
              {t('tasks.forward')}
            </Button>
            {comment === undefined ? (
              <Button look="quiet" onPress={() => setComment('')}>
                {t('tasks.addComment')}
              </Button>
            ) : null}
          </>
        )}
      </div>
      {error ? <Problem error={error} inline /> : null}
      <ForwardTask task={task} isOpen={isForwarding} onClose={() => setForwarding(false)} onForwarded={onEnded} />
    </section>
  )
}

interface ForwardTaskProps {
  task: Task
  isOpen: boolean
  onClose(): void
  onForwarded(): void
}

function ForwardTask({ task, isOpen, onClose, onForwarded }: ForwardTaskProps) {
  const t = useText()
  const [person, setPerson] = useState<PickedPerson>()
  const [comment, setComment] = useState('')
  const forward = useSend('forwardWorkItem', 'tasks', 'requests')
  const run = async () => {
    await forward.mutateAsync({ params: { id: task.id }, body: { targetOwnerId: person?.id ?? '', comment: comment.trim() } })
    tellDone(t('tasks.forwarded', { name: person?.name }))
    onForwarded()
  }
  return (
    <Confirm
      title={t('tasks.forwardTitle')}
      isOpen={isOpen}
      onClose={onClose}
      action={t('tasks.forward')}
      isDisabled={person === undefined || comment.trim() === ''}
      run={run}
    >
      <p className="muted">{task.description}</p>
      <PersonPicker
        label={t('tasks.forwardTo')}
        value={person}
        onChange={setPerson}
        isRequired
        autoFocus
        except={task.ownerId ? [task.ownerId] : []}
      />
      <TextField label={t('tasks.forwardWhy')} value={comment} onChange={setComment} lines={2} maxLength={4000} isRequired />
    </Confirm>
  )
}
