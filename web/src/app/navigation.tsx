import { Link, type LinkProps } from '@tanstack/react-router'
import { useCall } from '../api/queries.ts'
import { type Me, type Session, useSession } from '../api/session.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { type MessageId, useText } from '../text/text.tsx'

interface Place {
  to: NonNullable<LinkProps['to']>
  text: MessageId
  icon: IconName
  /** The second key after `g`. */
  key: string
  count?: 'approvals' | 'tasks'
}

interface PlaceGroup {
  title?: MessageId
  places: readonly Place[]
}

const everybodys: Place[] = [
  { to: '/', text: 'home.title', icon: 'home', key: 'h' },
  { to: '/request', text: 'request.title', icon: 'search', key: 'n' },
  { to: '/approvals', text: 'approvals.title', icon: 'inbox', key: 'a', count: 'approvals' },
  { to: '/requests', text: 'requests.title', icon: 'list', key: 'm' },
  { to: '/access', text: 'access.title', icon: 'key', key: 'y' },
  { to: '/tasks', text: 'tasks.title', icon: 'tasks', key: 't', count: 'tasks' },
]

const managers: Place[] = [{ to: '/team', text: 'team.title', icon: 'people', key: 'e' }]

const insight: Place = { to: '/insight', text: 'insight.title', icon: 'chart', key: 'z' }

const administrators: Place[] = [
  { to: '/admin/requests', text: 'allRequests.title', icon: 'list', key: 'r' },
  { to: '/admin/search', text: 'search.title', icon: 'search', key: '/' },
  { to: '/admin/people', text: 'people.title', icon: 'person', key: 'p' },
  { to: '/admin/items', text: 'items.title', icon: 'layers', key: 'i' },
  { to: '/admin/groups', text: 'groups.title', icon: 'people', key: 'u' },
  { to: '/admin/policies', text: 'policies.title', icon: 'shield', key: 's' },
  { to: '/admin/sources', text: 'sources.title', icon: 'server', key: 'o' },
  { to: '/admin/stand-ins', text: 'standIns.title', icon: 'forward', key: 'd' },
  { to: '/admin/configuration', text: 'configuration.title', icon: 'gear', key: 'c' },
]

const sandbox: Place[] = [{ to: '/admin/clock', text: 'clock.title', icon: 'clock', key: 'k' }]

/** Where the navigation leads for somebody. */
export function placesFor({ isAdmin, managerOf }: Pick<Me, 'isAdmin' | 'managerOf'>, mode: Session['mode']): PlaceGroup[] {
  return [
    { places: [...everybodys, ...(managerOf > 0 ? managers : []), ...(isAdmin || managerOf > 0 ? [insight] : [])] },
    ...(isAdmin ? [{ title: 'admin.title', places: [...administrators, ...(mode === 'sandbox' ? sandbox : [])] } as const] : []),
  ]
}

/** The list of pages, with how much waits on them. */
export function Navigation({ me, onGo }: { me: Me; onGo?: () => void }) {
  const t = useText()
  const counts = useWaiting()
  const mode = useSession().data?.mode ?? 'production'
  return (
    <nav className="nav" aria-label={t('shell.navigation')}>
      {placesFor(me, mode).map((group, at) => (
        <div key={group.title ?? String(at)} className="nav-group">
          {group.title ? <h2 className="nav-title">{t(group.title)}</h2> : null}
          <ul>
            {group.places.map((place) => (
              <li key={place.to}>
                <Link to={place.to} className="nav-link" activeOptions={{ exact: place.to === '/' }} {...(onGo ? { onClick: onGo } : {})}>
                  <Icon name={place.icon} size={18} />
                  <span>{t(place.text)}</span>
                  {place.count && counts[place.count] ? <Waiting count={counts[place.count]} /> : null}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function Waiting({ count }: { count: number }) {
  const t = useText()
  return (
    <span className="nav-count">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="visually-hidden">{t('shell.waiting', { count })}</span>
    </span>
  )
}

function useWaiting(): { approvals: number; tasks: number } {
  const { data } = useCall('getHome', {})
  return { approvals: data?.approvals ?? 0, tasks: data?.tasks ?? 0 }
}
