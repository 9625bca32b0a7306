import { Link } from '@tanstack/react-router'
import type { PendingApproval } from '../../api/approvals.ts'
import { usePage } from '../../api/queries.ts'
import { ActionBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Section } from '../../parts/page.tsx'
import { Avatar } from '../../parts/person.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'

const most = 5

/** The oldest of what waits for one's decision, and how much is to be done by hand. */
export function Waiting({ tasks }: { tasks: number }) {
  const t = useText()
  const query = { 'owner-id': 'me', limit: most, count: true, sorters: 'created' }
  const approvals = usePage('listPendingApprovals', { query })
  const all = (
    <LinkButton to="/approvals" look="quiet" small>
      {t('home.all')}
    </LinkButton>
  )
  return (
    <Section title={t('home.waiting')} count={approvals.data?.total} action={approvals.data?.total ? all : null}>
      <Shown query={approvals}>
        {({ rows }) =>
          rows.length === 0 && tasks === 0 ? (
            <Empty icon="check" title={t('home.waitingNone')}>
              {t('home.waitingNoneText')}
            </Empty>
          ) : (
            <ul className="list">
              {tasks > 0 ? <TasksRow count={tasks} /> : null}
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

function TasksRow({ count }: { count: number }) {
  const t = useText()
  return (
    <li className="list-item list-item-link">
      <span className="home-mark">
        <Icon name="tasks" />
      </span>
      <div className="list-main">
        <Link to="/tasks" className="list-link">
          {t('home.tasks', { count })}
        </Link>
      </div>
    </li>
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
