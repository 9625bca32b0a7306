import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { dropDecided, type PendingApproval } from '../../api/approvals.ts'
import { CallError } from '../../api/call.ts'
import { useSend } from '../../api/queries.ts'
import { ActionBadge } from '../../parts/badges.tsx'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/fields.tsx'
import { type Refusal, Refusals } from '../../parts/refusals.tsx'
import { Problem } from '../../parts/states.tsx'
import { stuckToTop } from '../../parts/stuck.ts'
import { tellDone } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'

interface BulkApproveProps {
  approvals: PendingApproval[]
  most: number
  onDone(): void
  /** What can be done beside it. */
  children?: ReactNode
}

/** What is sent for all that are chosen, and what came back. */
function useBulk(approvals: PendingApproval[], onDone: () => void, onClose: () => void) {
  const t = useText()
  const client = useQueryClient()
  const [failed, setFailed] = useState<Refusal[]>([])
  const { mutateAsync, isPending, error, reset } = useSend('approveBulkAccessRequest', 'approvals', 'requests')
  const close = () => {
    setFailed([])
    reset()
    onClose()
  }
  const nameOf = (id: string) => {
    const approval = approvals.find((one) => one.id === id)
    return approval ? `${approval.requestedObject.name} – ${approval.requestedFor.name}` : id
  }
  const run = async (comment: string) => {
    const answer = await mutateAsync({ body: { approvalIds: approvals.map(({ id }) => id), comment } }).catch(() => undefined)
    if (answer === undefined) return
    const done = answer.results.filter(({ outcome }) => outcome === 'DONE')
    const refused = answer.results.filter(({ outcome }) => outcome !== 'DONE')
    dropDecided(client, new Set(done.map(({ id }) => id)))
    tellDone(t('approvals.bulkDone', { count: done.length }))
    setFailed(refused.map(({ id, reason }) => ({ id, name: nameOf(id), error: new CallError(400, reason ?? '', '') })))
    onDone()
    if (refused.length === 0) close()
  }
  return { failed, isPending, error, run, close }
}

/** Agrees to all that are chosen, after showing once more what they do; what could not be done is told one by one. */
export function BulkApprove({ approvals, most, onDone, children }: BulkApproveProps) {
  const t = useText()
  const [isOpen, setOpen] = useState(false)
  const [comment, setComment] = useState('')
  const { failed, isPending, error, run, close } = useBulk(approvals, onDone, () => {
    setOpen(false)
    setComment('')
  })
  const isEnded = failed.length > 0
  return (
    <div ref={stuckToTop} className="row bulk">
      <span className={approvals.length === 0 ? 'muted' : undefined} role="status">
        {t('approvals.chosen', { count: approvals.length, most })}
      </span>
      {children}
      <Button look="primary" icon="check" isDisabled={approvals.length === 0} onPress={() => setOpen(true)}>
        {t('approvals.bulkApprove')}
      </Button>
      <Dialog
        title={t('approvals.bulkTitle')}
        isOpen={isOpen}
        onClose={close}
        footer={
          <>
            <Button onPress={close}>{isEnded ? t('part.close') : t('part.cancel')}</Button>
            {isEnded ? null : (
              <Button look="primary" isPending={isPending} isDisabled={comment.trim() === ''} onPress={() => void run(comment.trim())}>
                {t('approvals.bulkNow', { count: approvals.length })}
              </Button>
            )}
          </>
        }
      >
        {isEnded ? (
          <Refusals title={t('approvals.bulkFailed', { count: failed.length })} refusals={failed} />
        ) : (
          <>
            <Summary approvals={approvals} />
            <TextField
              label={t('approvals.comment')}
              value={comment}
              onChange={setComment}
              lines={2}
              maxLength={4000}
              isRequired
              autoFocus
            />
            {error ? <Problem error={error} inline /> : null}
          </>
        )}
      </Dialog>
    </div>
  )
}

function Summary({ approvals }: { approvals: PendingApproval[] }) {
  const kinds = ['GRANT_ACCESS', 'MODIFY_ACCESS', 'REVOKE_ACCESS'] as const
  return (
    <ul className="row">
      {kinds.map((kind) => {
        const count = approvals.filter(({ requestType }) => (requestType ?? 'GRANT_ACCESS') === kind).length
        return count === 0 ? null : (
          <li key={kind} className="row">
            <ActionBadge action={kind} /> × {count}
          </li>
        )
      })}
    </ul>
  )
}
