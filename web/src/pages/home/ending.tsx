import { Link } from '@tanstack/react-router'
import { usePage } from '../../api/queries.ts'
import { LinkButton } from '../../parts/button.tsx'
import { Section } from '../../parts/page.tsx'
import { Loading, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'

const most = 5

interface EndingProps {
  whose: 'me' | 'team'
  /** Until when an end is soon; it comes with the counts. */
  soon: string | undefined
  count: number | undefined
}

/** What one holds oneself, or one's team, and what ends soon. */
export function Ending({ whose, soon, count }: EndingProps) {
  const t = useText()
  const query = { for: whose, 'ends-before': soon, sorters: 'until', limit: most }
  const held = usePage('listHeldAccess', { query }, { enabled: soon !== undefined })
  const all = (
    <LinkButton to={whose === 'me' ? '/access' : '/team'} search={{ sort: 'until' }} look="quiet" small>
      {t('home.all')}
    </LinkButton>
  )
  return (
    <Section title={t(whose === 'me' ? 'home.ending' : 'home.endingTeam')} count={count} action={count ? all : null}>
      {soon === undefined ? <Loading rows={2} /> : null}
      {soon === undefined ? null : (
        <Shown query={held} rows={2}>
          {({ rows }) =>
            rows.length === 0 ? (
              <p className="muted home-quiet">{t(whose === 'me' ? 'home.endingNone' : 'home.endingTeamNone')}</p>
            ) : (
              <ul className="list">
                {rows.map((row) => (
                  <li key={row.assignmentId} className="list-item list-item-link">
                    <div className="list-main">
                      <Link to={whose === 'me' ? '/access' : '/team'} search={{ q: row.item.name, sort: 'until' }} className="list-link">
                        {row.item.name}
                      </Link>
                      {whose === 'team' ? <span className="muted list-about">{row.person.name}</span> : null}
                    </div>
                    <span className="soon">
                      {row.state === 'ENDING' ? t('access.ending') : row.until ? <Time at={row.until} form="relative" /> : null}
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      )}
    </Section>
  )
}
