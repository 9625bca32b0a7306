import { Link, useParams } from '@tanstack/react-router'
import { allRows } from '../../../api/all-rows.ts'
import { quoted } from '../../../api/filter.ts'
import { useCall } from '../../../api/queries.ts'
import { useRows } from '../../../api/rows.ts'
import type { Answer, RowOf } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { BackLink, LinkButton } from '../../../parts/button.tsx'
import { kindColumn } from '../../../parts/columns.tsx'
import { ItemLink } from '../../../parts/item-link.tsx'
import { Facts, Page, Section } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { Empty, Shown } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { MaybeTime, Time } from '../../../parts/time.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Held = RowOf<'listHeldAccess'>
type Account = RowOf<'listAccounts'>

/** One person: who they are, what they hold, and which accounts are theirs. */
export function PersonPage() {
  const t = useText()
  const { personId = '' } = useParams({ strict: false }) as { personId?: string }
  const person = useCall('getIdentity', { params: { id: personId } })
  return (
    <Page
      wide
      title={person.data?.name ?? t('people.title')}
      back={<BackLink to="/admin/people">{t('people.title')}</BackLink>}
      actions={
        person.data ? (
          <>
            <LinkButton to="/admin/requests" search={{ for: personId }}>
              {t('people.requests', { name: person.data.name })}
            </LinkButton>
            <LinkButton to="/admin/requests" search={{ waits: personId, view: 'open' }}>
              {t('people.waits', { name: person.data.name })}
            </LinkButton>
          </>
        ) : null
      }
    >
      <Shown query={person}>{(data) => <About person={data} />}</Shown>
      {person.data ? <Holdings id={personId} name={person.data.name} /> : null}
      {person.data ? <Accounts id={personId} name={person.data.name} /> : null}
    </Page>
  )
}

function About({ person }: { person: Answer<'getIdentity'> }) {
  const t = useText()
  const { managerRef } = person
  return (
    <section className="card">
      <Facts
        rows={[
          [t('people.alias'), person.alias],
          [t('people.mail'), person.emailAddress ?? '–'],
          [t('people.department'), person.attributes.department ?? '–'],
          [
            t('people.manager'),
            managerRef ? (
              <Link key="manager" to="/admin/people/$personId" params={{ personId: managerRef.id }}>
                <Person name={managerRef.name} size={24} />
              </Link>
            ) : (
              '–'
            ),
          ],
          [
            t('people.state'),
            <Badge key="state" tone={person.identityStatus === 'ACTIVE' ? 'good' : 'neutral'}>
              {t(`people.state.${person.identityStatus}`)}
            </Badge>,
          ],
        ]}
      />
    </section>
  )
}

function heldColumns(t: Say): Column<Held>[] {
  return [
    {
      id: 'item',
      header: t('people.item'),
      width: 'minmax(12rem, 1.6fr)',
      narrow: 'title',
      cell: ({ item }) => <ItemLink item={item} inTable />,
      text: ({ item }) => item.name,
    },
    kindColumn(t('people.kind'), ({ item }) => item.type),
    { id: 'source', header: t('people.source'), cell: ({ source }) => source?.name ?? '–', text: ({ source }) => source?.name },
    {
      id: 'since',
      header: t('people.since'),
      width: '8rem',
      narrow: 'detail',
      cell: ({ since }) => <Time at={since} form="day" />,
      text: ({ since }) => since,
    },
    {
      id: 'until',
      header: t('people.until'),
      width: '8rem',
      cell: ({ until }) => <MaybeTime at={until} form="day" none="–" />,
      text: ({ until }) => until,
    },
    {
      id: 'why',
      header: t('people.why'),
      narrow: 'aside',
      cell: ({ origin, request }) =>
        request ? (
          <span className="table-button">
            <Link to="/requests/$requestId" params={{ requestId: request.accessRequestId }}>
              {t(`people.origin.${origin}`)}
            </Link>
          </span>
        ) : (
          t(`people.origin.${origin}`)
        ),
      text: ({ origin }) => origin,
    },
  ]
}

function Holdings({ id, name }: { id: string; name: string }) {
  const t = useText()
  const input = { query: { for: id, sorters: 'name' } }
  const rows = useRows('listHeldAccess', input)
  return (
    <Section title={t('people.holds', { name })} count={rows.count}>
      <TableWithFile
        label={t('people.holds', { name })}
        file="held-access"
        columns={heldColumns(t)}
        rows={rows}
        keyOf={({ assignmentId }) => assignmentId}
        load={() => allRows('listHeldAccess', input)}
        empty={<Empty icon="key" title={t('people.holdsNone', { name })} />}
      />
    </Section>
  )
}

function accountColumns(t: Say): Column<Account>[] {
  return [
    {
      id: 'account',
      header: t('people.account'),
      narrow: 'title',
      cell: ({ nativeIdentity }) => <strong>{nativeIdentity}</strong>,
      text: ({ nativeIdentity }) => nativeIdentity,
    },
    {
      id: 'source',
      header: t('people.source'),
      narrow: 'detail',
      cell: ({ sourceName }) => sourceName,
      text: ({ sourceName }) => sourceName,
    },
    {
      id: 'state',
      header: t('people.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ disabled }) => <Badge tone={disabled ? 'neutral' : 'good'}>{disabled ? t('people.disabled') : t('people.enabled')}</Badge>,
      text: ({ disabled }) => (disabled ? t('people.disabled') : t('people.enabled')),
    },
  ]
}

function Accounts({ id, name }: { id: string; name: string }) {
  const t = useText()
  const input = { query: { filters: `identityId eq ${quoted(id)}` } }
  const rows = useRows('listAccounts', input)
  return (
    <Section title={t('people.accounts')} count={rows.count}>
      <TableWithFile
        label={t('people.accounts')}
        file="accounts"
        columns={accountColumns(t)}
        rows={rows}
        keyOf={(row) => row.id}
        load={() => allRows('listAccounts', input)}
        empty={<Empty icon="server" title={t('people.accountsNone', { name })} />}
      />
    </Section>
  )
}
