import type { Explanation, PendingApproval } from '../../api/approvals.ts'
import { useCall } from '../../api/queries.ts'
import { type Action, ActionBadge, Badge, Kind, KindMark } from '../../parts/badges.tsx'
import { HandOvers } from '../../parts/hand-overs.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Person } from '../../parts/person.tsx'
import { Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { Violation } from '../../parts/violation.tsx'
import { type MessageId, useText } from '../../text/text.tsx'
import { Decision } from './decision.tsx'
import { Dates, Holdings, Peers, Reasons } from './explanation.tsx'

const sentences: Record<Action, MessageId> = {
  GRANT_ACCESS: 'approvals.sentence.grant',
  MODIFY_ACCESS: 'approvals.sentence.change',
  REVOKE_ACCESS: 'approvals.sentence.remove',
}

/** Everything that helps to decide one approval, and the decision. */
export function ApprovalCard({ approval, onDecided }: { approval: PendingApproval; onDecided(id: string): void }) {
  const explanation = useCall('explainApproval', { params: { approvalId: approval.id } })
  const action = approval.requestType ?? 'GRANT_ACCESS'
  return (
    <article className={`approval approval-${action.toLowerCase().replace('_access', '')}`} aria-labelledby="approval-title">
      <Head approval={approval} />
      <Decision approval={approval} onDecided={onDecided} />
      <Violation context={approval.sodViolationContext} />
      <Dates approval={approval} />
      <Comments approval={approval} />
      <Shown query={explanation} rows={4}>
        {(data) => <Help approval={approval} explanation={data} />}
      </Shown>
    </article>
  )
}

function Head({ approval }: { approval: PendingApproval }) {
  const t = useText()
  const { requestedObject, requestedFor, requester } = approval
  return (
    <header className="approval-head">
      <div className="row row-between">
        <ActionBadge action={approval.requestType} large />
        <span className="muted">
          {t('approvals.asked')} <Time at={approval.requestCreated} form="relative" />
        </span>
      </div>
      <h2 id="approval-title" tabIndex={-1}>
        {t(sentences[approval.requestType ?? 'GRANT_ACCESS'], { item: requestedObject.name, person: requestedFor.name })}
      </h2>
      <div className="approval-parties">
        <div className="row">
          <KindMark type={requestedObject.type} />
          <div>
            <div className="row">
              <Kind type={requestedObject.type} />
              {approval.privilegeLevel ? <Badge tone="warn">{t('approvals.privileged')}</Badge> : null}
            </div>
            {requestedObject.description ? <p className="muted">{requestedObject.description}</p> : null}
          </div>
        </div>
        <Person
          name={requestedFor.name}
          size={40}
          about={requester.id === requestedFor.id ? t('approvals.byThemselves') : t('approvals.by', { name: requester.name })}
        />
      </div>
    </header>
  )
}

function Comments({ approval }: { approval: PendingApproval }) {
  const t = useText()
  const own = approval.requesterComment?.comment ? [approval.requesterComment] : []
  const all = [...own, ...approval.previousReviewersComments].filter(({ comment }) => comment)
  if (all.length === 0) return null
  return (
    <section className="stack stack-small">
      <h3>{t('approvals.comments')}</h3>
      {all.map(({ comment, author, created }) => (
        <figure key={`${author.id} ${created}`} className="quote">
          <blockquote>{comment}</blockquote>
          <figcaption className="muted">
            {author.name}, <Time at={created} form="relative" />
          </figcaption>
        </figure>
      ))}
    </section>
  )
}

function Help({ approval, explanation }: { approval: PendingApproval; explanation: Explanation }) {
  const t = useText()
  const { lastGranted } = explanation
  return (
    <>
      <Reasons why={explanation.why} />
      <Peers explanation={explanation} name={approval.requestedFor.name} />
      {lastGranted ? (
        <p className="row">
          <Icon name="clock" size={16} />
          <span>
            {t('approvals.lastGranted', { name: lastGranted.to.name })} <Time at={lastGranted.at} form="relative" />
          </span>
        </p>
      ) : null}
      <Holdings held={explanation.alreadyHeld} name={approval.requestedFor.name} />
      <HandOvers
        title={t('approvals.history')}
        moves={approval.forwardHistory}
        sentenceOf={(move) => t(`approvals.move.${move.reassignmentType}`, { from: move.oldApproverName, to: move.newApproverName })}
      />
    </>
  )
}
