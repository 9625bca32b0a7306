import { Link } from '@tanstack/react-router'
import { usePage } from '../../api/queries.ts'
import type { RowOf } from '../../api/types.ts'
import { KindMark, StateBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Section } from '../../parts/page.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'

const most = 5

/** The latest of what one asked for, or others for one, and that is on its way. */
export function Asked({ count }: { count: number | undefined }) {
  const t = useText()
  const query = { 'regarding-identity': 'me', 'request-state': 'EXECUTING', sorters: '-created', limit: most }
  const requests = usePage('listAccessRequestStatus', { query })
  const all = (
    <LinkButton to="/requests" look="quiet" small>
      {t('home.all')}
    </LinkButton>
  )
  return (
    <Section title={t('home.asked')} count={count} action={all}>
      <Shown query={requests}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="list" title={t('home.askedNone')}>
              {t('home.askedNoneText')}
            </Empty>
          ) : (
            <ul className="list">
              {rows.map((row) => (
                <AskedRow key={row.accountActivityItemId} row={row} />
              ))}
            </ul>
          )
        }
      </Shown>
    </Section>
  )
}

function AskedRow({ row }: { row: RowOf<'listAccessRequestStatus'> }) {
  const t = useText()
  return (
    <li className="list-item list-item-link">
      {row.type ? <KindMark type={row.type} /> : null}
      <div className="list-main">
        <Link to="/requests/$requestId" params={{ requestId: row.accessRequestId }} className="list-link">
          {row.name}
        </Link>
        <span className="muted list-about">
          {t('home.for', { name: row.requestedFor.name })} · <Time at={row.created} form="relative" />
        </span>
      </div>
      <StateBadge state={row.state} />
    </li>
  )
}
