import { Link } from '@tanstack/react-router'
import { ActionBadge, Badge } from '../../parts/badges.tsx'
import { HandOvers } from '../../parts/hand-overs.tsx'
import { Facts } from '../../parts/page.tsx'
import { Person } from '../../parts/person.tsx'
import { MaybeTime, Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import { stateTones, type Task, taskSentence } from './task.ts'
import { TaskAnswer } from './task-answer.tsx'

/** What is to be done by hand, for whom and why; and the answer, while it is open. */
export function TaskCard({ task, onEnded }: { task: Task; onEnded(): void }) {
  const t = useText()
  const change = task.approvalItems?.[0]
  const isRemoval = change?.operation === 'Remove'
  const isOpen = task.state === 'Pending'
  return (
    <article className={`approval approval-${isRemoval ? 'revoke' : 'grant'}`} aria-labelledby="task-title">
      <header className="approval-head">
        <div className="row row-between">
          <ActionBadge action={isRemoval ? 'REVOKE_ACCESS' : 'GRANT_ACCESS'} large />
          <Badge tone={stateTones[task.state]}>{t(`tasks.state.${task.state}`)}</Badge>
        </div>
        <h2 id="task-title">{taskSentence(t, task)}</h2>
      </header>
      {isOpen ? <TaskAnswer task={task} onEnded={onEnded} /> : null}
      {task.errors.length > 0 ? <blockquote className="quote">{task.errors.join(' ')}</blockquote> : null}
      <Facts
        rows={[
          change && [t('tasks.at'), change.application],
          change && [t('tasks.account'), change.account ?? t('tasks.noAccount')],
          change?.value ? [isRemoval ? t('tasks.remove') : t('tasks.add'), `${change.name ?? ''} = ${change.value}`] : null,
          task.requesterDisplayName ? [t('tasks.requester'), <Person key="by" name={task.requesterDisplayName} size={24} />] : null,
          [t('tasks.owner'), <Person key="owner" name={task.ownerName} size={24} />],
          [t('tasks.since'), <Time key="since" at={task.created} />],
          isOpen ? null : [t('tasks.endedAt'), <MaybeTime key="ended" at={task.completed} />],
          task.accessRequestId === null
            ? null
            : [
                t('tasks.request'),
                <Link key="request" to="/requests/$requestId" params={{ requestId: task.accessRequestId }}>
                  {t('tasks.toRequest')}
                </Link>,
              ],
        ]}
      />
      <HandOvers
        title={t('tasks.history')}
        moves={task.forwardHistory}
        sentenceOf={(move) => t('tasks.moved', { from: move.oldApproverName, to: move.newApproverName })}
      />
    </article>
  )
}
