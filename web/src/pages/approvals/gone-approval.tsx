import { quoted } from '../../api/filter.ts'
import { usePage } from '../../api/queries.ts'
import { ActionBadge, Badge } from '../../parts/badges.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'

/** An approval that waits for one no more: what became of it, as far as one may know. */
export function GoneApproval({ approvalId }: { approvalId: string }) {
  const t = useText()
  const found = usePage('listCompletedApprovals', { query: { filters: `id eq ${quoted(approvalId)}` } })
  return (
    <Shown query={found}>
      {({ rows: [approval] }) =>
        approval ? (
          <article className="card stack">
            <div className="row">
              <ActionBadge action={approval.requestType} />
              <Badge tone={approval.state === 'APPROVED' ? 'good' : 'bad'}>{t(`approvals.state.${approval.state}`)}</Badge>
            </div>
            <h2>
              {approval.requestedObject.name} – {approval.requestedFor.name}
            </h2>
            <p>
              {approval.reviewedBy ? t('approvals.decidedBy', { name: approval.reviewedBy.name }) : t('approvals.decidedByNobody')}{' '}
              <Time at={approval.modified} />
            </p>
            {approval.reviewerComment?.comment ? <blockquote className="quote">{approval.reviewerComment.comment}</blockquote> : null}
          </article>
        ) : (
          <Empty icon="inbox" title={t('approvals.gone')}>
            {t('approvals.goneText')}
          </Empty>
        )
      }
    </Shown>
  )
}
