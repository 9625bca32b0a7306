import { Link } from '@tanstack/react-router'
import type { PendingApproval } from '../../api/approvals.ts'
import { usePage } from '../../api/queries.ts'
import { useMe } from '../../api/session.ts'
import { ActionBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Page, Section } from '../../parts/page.tsx'
import { Avatar } from '../../parts/person.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'

const shown = 5

export function HomePage() {
  const t = useText()
  const me = useMe()
  return (
    <Page title={t('home.hello', { name: me.name.split(' ')[0] })} about={t('home.about')}>
      <Waiting />
    </Page>
  )
}

/** The oldest of what waits for one's decision. */
function Waiting() {
  const t = useText()
  const query = { 'owner-id': 'me', limit: shown, count: true, sorters: 'created' }
  const approvals = usePage('listPendingApprovals', { query })
  return (
    <Section
      title={t('home.waiting')}
      count={approvals.data?.total}
      action={
        approvals.data?.total ? (
          <LinkButton to="/approvals" look="quiet" small>
            {t('home.all')}
          </LinkButton>
        ) : null
      }
    >
      <Shown query={approvals}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="check" title={t('home.waitingNone')}>
              {t('home.waitingNoneText')}
            </Empty>
          ) : (
            <ul className="list">
              {rows.map((approval) => (
                <WaitingRow key={approval.id} approval={approval} />
              ))}
            </ul>
          )
        }
      </Shown>
    </Section>
  )
}

function WaitingRow({ approval }: { approval: PendingApproval }) {
  const t = useText()
  return (
    <li className="list-item list-item-link">
      <Avatar name={approval.requestedFor.name} size={34} />
      <div className="list-main">
        <Link to="/approvals/$approvalId" params={{ approvalId: approval.id }} className="list-link">
          {approval.requestedObject.name}
        </Link>
        <span className="muted list-about">
          {t('home.for', { name: approval.requestedFor.name })} · <Time at={approval.created} form="relative" />
        </span>
      </div>
      <ActionBadge action={approval.requestType} />
    </li>
  )
}
