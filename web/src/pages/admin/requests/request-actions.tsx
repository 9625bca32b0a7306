import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type BulkResult, doEach } from '../../../api/bulk.ts'
import { call } from '../../../api/call.ts'
import { forget } from '../../../api/queries.ts'
import type { AnyRequest } from '../../../api/requests.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { type Refusal, Refusals } from '../../../parts/refusals.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'
import { CancelDialog } from './cancel-dialog.tsx'
import { CloseDialog } from './close-dialog.tsx'

interface RequestActionsProps {
  requests: readonly Pick<AnyRequest, 'accessRequestId' | 'name' | 'requestedFor'>[]
  /** They are those of the page, which nobody had to select. */
  isChosen?: boolean
  /** They need not be selected any more. */
  onDone(): void
}

/** What can be done with the selected requests at once. */
export function RequestActions({ requests, isChosen = false, onDone }: RequestActionsProps) {
  const t = useText()
  const client = useQueryClient()
  const [open, setOpen] = useState<'cancel' | 'close'>()
  const [isRetrying, setRetrying] = useState(false)
  const [refusals, setRefusals] = useState<Refusal[]>([])
  const ids = [...new Set(requests.map(({ accessRequestId }) => accessRequestId))]
  const nameOf = (id: string) => {
    const request = requests.find(({ accessRequestId }) => accessRequestId === id)
    return request ? `${request.name} – ${request.requestedFor.name}` : id
  }
  const tell = ({ done, refused }: BulkResult, text: 'allRequests.retried' | 'allRequests.cancelled') => {
    void forget(client, ['requests', 'approvals', 'tasks', 'access'])
    tellDone(t(text, { count: done }))
    setRefusals(refused.map(({ id, error }) => ({ id, name: nameOf(id), error })))
    onDone()
  }
  const retry = async () => {
    setRetrying(true)
    tell(await doEach(ids, (id) => call('retryAccessRequest', { params: { id } })), 'allRequests.retried')
    setRetrying(false)
  }
  const isNone = ids.length === 0
  return (
    <div className={isChosen ? 'row' : 'row bulk'}>
      {isChosen ? null : (
        <span className={isNone ? 'muted' : undefined} role="status">
          {t('allRequests.chosen', { count: ids.length })}
        </span>
      )}
      <div className="row">
        <Button icon="undo" isDisabled={isNone} isPending={isRetrying} onPress={() => void retry()}>
          {t('allRequests.retry')}
        </Button>
        <Button icon="close" isDisabled={isNone} onPress={() => setOpen('cancel')}>
          {t('allRequests.cancel')}
        </Button>
        <Button icon="check" isDisabled={isNone} onPress={() => setOpen('close')}>
          {t('allRequests.close')}
        </Button>
      </div>
      <CancelDialog
        ids={ids}
        isOpen={open === 'cancel'}
        onClose={() => setOpen(undefined)}
        onDone={(result) => tell(result, 'allRequests.cancelled')}
      />
      <CloseDialog ids={ids} isOpen={open === 'close'} onClose={() => setOpen(undefined)} onDone={onDone} />
      <Dialog title={t('allRequests.title')} isOpen={refusals.length > 0} onClose={() => setRefusals([])}>
        <Refusals title={t('allRequests.refused', { count: refusals.length })} refusals={refusals} />
      </Dialog>
    </div>
  )
}
