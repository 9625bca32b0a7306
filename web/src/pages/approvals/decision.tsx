import { useEffect, useRef, useState } from 'react'
import type { PendingApproval } from '../../api/approvals.ts'
import { useSend } from '../../api/queries.ts'
import { useMe } from '../../api/session.ts'
import type { Action } from '../../parts/badges.tsx'
import { Button, type Look } from '../../parts/button.tsx'
import { TextField } from '../../parts/fields.tsx'
import type { IconName } from '../../parts/icon.tsx'
import { useShortcuts } from '../../parts/shortcuts.tsx'
import { Problem } from '../../parts/states.tsx'
import { tellDone } from '../../parts/toast.tsx'
import { type MessageId, useText } from '../../text/text.tsx'
import { ForwardDialog } from './forward-dialog.tsx'

const agreeing: Record<Action, { text: MessageId; done: MessageId; icon: IconName; look: Look }> = {
  GRANT_ACCESS: { text: 'approvals.agree.grant', done: 'approvals.done.grant', icon: 'check', look: 'primary' },
  MODIFY_ACCESS: { text: 'approvals.agree.change', done: 'approvals.done.change', icon: 'calendar', look: 'primary' },
  REVOKE_ACCESS: { text: 'approvals.agree.remove', done: 'approvals.done.remove', icon: 'minus', look: 'danger' },
}

interface DecisionProps {
  approval: PendingApproval
  onDecided(id: string): void
}

/** What is being written and sent about one approval. */
function useDeciding(approval: PendingApproval, isOwn: boolean, onDecided: (id: string) => void) {
  const t = useText()
  const [comment, setComment] = useState<string>()
  const [isRefusing, setRefusing] = useState(false)
  const approve = useSend('approveAccessRequest', 'approvals', 'requests')
  const reject = useSend('rejectAccessRequest', 'approvals', 'requests')
  const mustComment = isRefusing && approval.commentRequiredWhenRejected && !comment?.trim()
  const decide = async (send: typeof approve, told: MessageId) => {
    if (approve.isPending || reject.isPending || isOwn) return
    const body = comment?.trim() ? { comment: comment.trim() } : {}
    const answer = await send.mutateAsync({ params: { approvalId: approval.id }, body }).catch(() => undefined)
    if (answer === undefined) return
    tellDone(t(told, { item: approval.requestedObject.name, person: approval.requestedFor.name }))
    onDecided(approval.id)
  }
  const agree = () => decide(approve, agreeing[approval.requestType ?? 'GRANT_ACCESS'].done)
  /** The first time it only opens the comment. */
  const refuse = () => {
    if (!isRefusing) setRefusing(true)
    else if (!mustComment) void decide(reject, 'approvals.done.reject')
    if (comment === undefined) setComment('')
  }
  const busy = approve.isPending ? 'approve' : reject.isPending ? 'reject' : undefined
  return { comment, setComment, isRefusing, setRefusing, mustComment, agree, refuse, busy, error: approve.error ?? reject.error }
}

/** Whoever begins to refuse writes next, and whoever does not after all is where they began: the buttons they pressed are others then. */
function useFocusOfRefusing(isRefusing: boolean) {
  const place = useRef<HTMLElement>(null)
  const reject = useRef<HTMLButtonElement>(null)
  const was = useRef(false)
  useEffect(() => {
    if (isRefusing) place.current?.querySelector('textarea')?.focus()
    else if (was.current && !place.current?.contains(document.activeElement)) reject.current?.focus()
    was.current = isRefusing
  }, [isRefusing])
  return { place, reject }
}

/** Agree, refuse or hand on. A refusal opens the comment; where one must be given, it is not sent without. */
export function Decision({ approval, onDecided }: DecisionProps) {
  const t = useText()
  const isOwn = useMe().id === approval.requestedFor.id
  const [isForwarding, setForwarding] = useState(false)
  const { comment, setComment, isRefusing, setRefusing, mustComment, agree, refuse, busy, error } = useDeciding(approval, isOwn, onDecided)
  const { place, reject } = useFocusOfRefusing(isRefusing)
  const { text, icon, look } = agreeing[approval.requestType ?? 'GRANT_ACCESS']
  useShortcuts('approvals.keys', [
    { keys: 'a', text, run: () => void agree() },
    { keys: 'r', text: 'approvals.reject', run: refuse },
    { keys: 'f', text: 'approvals.forward', run: () => setForwarding(true) },
    { keys: 'c', text: 'approvals.addComment', run: () => setComment((now) => now ?? '') },
    // From the buttons; in the field every key is the field's.
    ...(isRefusing ? [{ keys: 'Escape', text: 'part.cancel' as const, run: () => setRefusing(false) }] : []),
  ])
  return (
    <section ref={place} className="decision" aria-label={t('approvals.decision')}>
      {isOwn ? <p className="muted">{t('approvals.own')}</p> : null}
      {comment === undefined ? null : (
        <TextField
          label={isRefusing ? t('approvals.whyNot') : t('approvals.comment')}
          value={comment}
          onChange={setComment}
          lines={2}
          maxLength={4000}
          autoFocus
          onKeyDown={({ key }) => (key === 'Escape' ? setRefusing(false) : undefined)}
          isRequired={isRefusing && approval.commentRequiredWhenRejected}
          {...(mustComment ? { hint: t('approvals.commentNeeded') } : {})}
        />
      )}
      {/* Two of them, told apart: a button that has the focus must not become another. */}
      {isRefusing ? (
        <div key="refusing" className="row decision-buttons">
          <Button look="danger" icon="close" isPending={busy === 'reject'} isDisabled={mustComment || isOwn} onPress={refuse}>
            {t('approvals.rejectNow')}
          </Button>
          <Button onPress={() => setRefusing(false)}>{t('part.cancel')}</Button>
        </div>
      ) : (
        <div key="choosing" className="row decision-buttons">
          <Button look={look} icon={icon} isPending={busy === 'approve'} isDisabled={isOwn} onPress={() => void agree()}>
            {t(text)}
          </Button>
          <Button ref={reject} icon="close" isDisabled={isOwn} onPress={refuse}>
            {t('approvals.reject')}
          </Button>
          <Button look="quiet" icon="forward" onPress={() => setForwarding(true)}>
            {t('approvals.forward')}
          </Button>
          {comment === undefined ? (
            <Button look="quiet" onPress={() => setComment('')}>
              {t('approvals.addComment')}
            </Button>
          ) : null}
        </div>
      )}
      {error ? <Problem error={error} inline /> : null}
      <ForwardDialog
        approval={approval}
        isOpen={isForwarding}
        onClose={() => setForwarding(false)}
        onForwarded={() => onDecided(approval.id)}
      />
    </section>
  )
}
