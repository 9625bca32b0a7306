import { Link } from '@tanstack/react-router'
import type { Held } from '../../api/changes.ts'
import { Badge } from '../../parts/badges.tsx'
import { useNow } from '../../parts/clock.tsx'
import { kindColumn } from '../../parts/columns.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Person } from '../../parts/person.tsx'
import type { Column } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { type Say, useText } from '../../text/text.tsx'

const soonMs = 30 * 86_400_000

type What = 'extend' | 'giveBack' | 'remove'

/** What is held, since when, until when and why, with what can be done about it. */
export function heldColumns(t: Say, ofTeam: boolean, onDo: (what: What, held: Held) => void): Column<Held>[] {
  const item: Column<Held> = {
    id: 'item',
    header: t('access.item'),
    width: 'minmax(12rem, 1.6fr)',
    narrow: 'title',
    sorter: 'name',
    cell: ({ item: { id, name } }) => (
      <Link to="/request/items/$itemId" params={{ itemId: id }} className="table-link">
        {name}
      </Link>
    ),
    text: ({ item: { name } }) => name,
  }
  const person: Column<Held> = {
    id: 'person',
    header: t('access.person'),
    width: 'minmax(9rem, 1fr)',
    narrow: 'detail',
    sorter: 'person',
    cell: ({ person: { name } }) => <Person name={name} size={24} />,
    text: ({ person: { name } }) => name,
  }
  return [
    ...(ofTeam ? [person] : []),
    item,
    kindColumn(t('access.kind'), ({ item: { type } }) => type),
    {
      id: 'source',
      header: t('access.on'),
      width: 'minmax(10rem, 1.4fr)',
      cell: (held) => placeOf(held) || '–',
      text: placeOf,
    },
    {
      id: 'since',
      header: t('access.since'),
      width: '7.5rem',
      sorter: 'since',
      narrow: ofTeam ? 'below' : 'detail',
      cell: ({ since }) => (
        <>
          <Unheaded>{t('approvals.since')}</Unheaded>
          <Time at={since} form="day" />
        </>
      ),
      text: ({ since }) => since,
    },
    {
      id: 'until',
      header: t('access.until'),
      width: '9rem',
      sorter: 'until',
      narrow: 'more',
      cell: (held) => <Until held={held} />,
      text: ({ until }) => until,
    },
    {
      id: 'why',
      header: t('access.why'),
      width: 'minmax(10rem, 1.2fr)',
      narrow: ofTeam ? 'after' : 'line',
      cell: (held) => <Why held={held} />,
      text: ({ origin, request }) => (request ? t('access.askedBy', { name: request.requester.name }) : t(`access.origin.${origin}`)),
    },
    { id: 'do', header: t('access.do'), width: '3rem', narrow: 'aside', cell: (held) => <Actions held={held} onDo={onDo} /> },
  ]
}

function placeOf({ source, account }: Held): string {
  return [source?.name, account?.name].filter(Boolean).join(' · ')
}

/** On a narrow screen a table has no head that says what a date is. */
function Unheaded({ children }: { children: string }) {
  return <span className="only-narrow">{children} </span>
}

function Until({ held }: { held: Held }) {
  const t = useText()
  const now = useNow()
  if (held.state === 'ENDING') return <Badge tone="busy">{t('access.ending')}</Badge>
  if (held.state === 'PENDING') return <Badge tone="busy">{t('access.coming')}</Badge>
  if (held.until === null) return <span className="muted">{t('approvals.noDate')}</span>
  const isSoon = Date.parse(held.until) - now < soonMs
  return (
    <span className={isSoon ? 'soon' : undefined}>
      {isSoon ? <Icon name="clock" size={14} /> : <Unheaded>{t('approvals.until')}</Unheaded>}{' '}
      <Time at={held.until} form={isSoon ? 'relative' : 'day'} />
    </span>
  )
}

function Why({ held: { origin, request, open } }: { held: Held }) {
  const t = useText()
  if (open) {
    return (
      <Link to="/requests/$requestId" params={{ requestId: open.accessRequestId }} className="table-above">
        {open.requestType === 'REVOKE_ACCESS' ? t('access.openRemoval') : t('access.openChange')}
      </Link>
    )
  }
  if (!request) return <>{t(`access.origin.${origin}`)}</>
  return (
    <Link to="/requests/$requestId" params={{ requestId: request.accessRequestId }} className="table-above">
      {t('access.askedBy', { name: request.requester.name })}
    </Link>
  )
}

function Actions({ held, onDo }: { held: Held; onDo(what: What, held: Held): void }) {
  const t = useText()
  const choices = [
    ...(held.canChange ? [{ id: 'extend', name: t('access.change'), icon: 'calendar' as const, run: () => onDo('extend', held) }] : []),
    ...(held.canChange && !held.canRemove
      ? [{ id: 'giveBack', name: t('access.giveBack'), icon: 'undo' as const, run: () => onDo('giveBack', held) }]
      : []),
    ...(held.canRemove
      ? [{ id: 'remove', name: t('access.remove'), icon: 'minus' as const, isDanger: true, run: () => onDo('remove', held) }]
      : []),
  ]
  if (choices.length === 0) return null
  return (
    <span className="table-above">
      <Menu label={t('access.doWith', { item: held.item.name, person: held.person.name })} look="icon" sections={[{ choices }]}>
        <Icon name="more" />
      </Menu>
    </span>
  )
}
