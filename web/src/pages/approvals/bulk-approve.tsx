import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { approveMany, type Outcome, type PendingApproval } from '../../api/approvals.ts'
import { CallError } from '../../api/call.ts'
import { ActionBadge } from '../../parts/badges.tsx'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/fields.tsx'
import { Progress } from '../../parts/progress.tsx'
import { tellDone } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'

interface BulkApproveProps {
  approvals: PendingApproval[]
  most: number
  onDone(): void
}

/** Agrees to all that are chosen, after showing once more what they do. */
export function BulkApprove({ approvals, most, onDone }: BulkApproveProps) {
  const t = useText()
  const client = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [comment, setComment] = useState('')
  const [done, setDone] = useState<number>()
  const [failed, setFailed] = useState<Outcome[]>([])
  const close = () => {
    setOpen(false)
    setFailed([])
    setDone(undefined)
  }
  const run = async () => {
    setDone(0)
    const outcomes = await approveMany(client, approvals, comment.trim(), setDone)
    const refused = outcomes.filter(({ error }) => error !== undefined)
    onDone()
    tellDone(t('approvals.bulkDone', { count: outcomes.length - refused.length }))
    if (refused.length === 0) close()
    else setFailed(refused)
  }
  return (
    <div className="row bulk">
      <span className={approvals.length === 0 ? 'muted' : undefined} role="status">
        {t('approvals.chosen', { count: approvals.length, most })}
      </span>
      <Button look="primary" icon="check" isDisabled={approvals.length === 0} onPress={() => setOpen(true)}>
        {t('approvals.bulkApprove')}
      </Button>
      <Dialog
        title={t('approvals.bulkTitle')}
        isOpen={isOpen}
        onClose={close}
        footer={
          failed.length > 0 ? (
            <Button onPress={close}>{t('part.close')}</Button>
          ) : (
            <>
              <Button onPress={close}>{t('part.cancel')}</Button>
              <Button look="primary" isPending={done !== undefined} onPress={() => void run()}>
                {t('approvals.bulkNow', { count: approvals.length })}
              </Button>
            </>
          )
        }
      >
        {failed.length > 0 ? (
          <Failures outcomes={failed} />
        ) : done === undefined ? (
          <>
            <Summary approvals={approvals} />
            <TextField label={t('approvals.comment')} value={comment} onChange={setComment} lines={2} maxLength={4000} />
          </>
        ) : (
          <Progress label={t('approvals.bulkRunning')} value={done} most={approvals.length} />
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

function Failures({ outcomes }: { outcomes: Outcome[] }) {
  const t = useText()
  return (
    <div className="stack stack-small" role="alert">
      <p>{t('approvals.bulkFailed', { count: outcomes.length })}</p>
      <ul className="bullets">
        {outcomes.map(({ approval, error }) => (
          <li key={approval.id}>
            <strong>
              {approval.requestedObject.name} – {approval.requestedFor.name}
            </strong>
            : {error instanceof CallError && error.message ? error.message : t('part.problem.title')}
            {error instanceof CallError && error.trackingId ? <code className="problem-id"> {error.trackingId}</code> : null}
          </li>
        ))}
      </ul>
    </div>
  )
}
