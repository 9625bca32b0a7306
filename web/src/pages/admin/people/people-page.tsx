import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { peopleNamed } from '../../../api/filter.ts'
import type { RowOf } from '../../../api/types.ts'
import { AddressSearch } from '../../../parts/address-search.tsx'
import { Badge } from '../../../parts/badges.tsx'
import { Page } from '../../../parts/page.tsx'
import { Avatar } from '../../../parts/person.tsx'
import { useSortedRows } from '../../../parts/sorted-rows.ts'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Identity = RowOf<'listIdentities'>

function columns(t: Say): Column<Identity>[] {
  return [
    {
      id: 'name',
      header: t('people.name'),
      width: 'minmax(12rem, 1.4fr)',
      narrow: 'title',
      sorter: 'name',
      cell: ({ id, name }) => (
        <span className="person">
          <Avatar name={name} size={26} />
          <Link to="/admin/people/$personId" params={{ personId: id }} className="table-link">
            {name}
          </Link>
        </span>
      ),
      text: ({ name }) => name,
    },
    {
      id: 'alias',
      header: t('people.alias'),
      width: '10rem',
      sorter: 'alias',
      cell: ({ alias }) => alias,
      text: ({ alias }) => alias,
    },
    {
      id: 'mail',
      header: t('people.mail'),
      width: 'minmax(10rem, 1.2fr)',
      cell: ({ emailAddress }) => emailAddress ?? '–',
      text: ({ emailAddress }) => emailAddress,
    },
    {
      id: 'department',
      header: t('people.department'),
      narrow: 'detail',
      cell: ({ attributes }) => attributes.department ?? '–',
      text: ({ attributes }) => attributes.department,
    },
    {
      id: 'manager',
      header: t('people.manager'),
      cell: ({ managerRef }) => managerRef?.name ?? '–',
      text: ({ managerRef }) => managerRef?.name,
    },
    {
      id: 'state',
      header: t('people.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ identityStatus }) => (
        <Badge tone={identityStatus === 'ACTIVE' ? 'good' : 'neutral'}>{t(`people.state.${identityStatus}`)}</Badge>
      ),
      text: ({ identityStatus }) => identityStatus,
    },
  ]
}

/** Everybody there is. */
export function PeoplePage() {
  const t = useText()
  const navigate = useNavigate()
  const { q = '' } = useSearch({ strict: false }) as { q?: string }
  const table = useSortedRows('listIdentities', { query: { filters: peopleNamed(q) } }, 'name')
  return (
    <Page wide title={t('people.title')} about={t('people.about')}>
      <TableWithFile
        label={t('people.title')}
        file="people"
        columns={columns(t)}
        {...table}
        keyOf={({ id }) => id}
        empty={<Empty icon="search" title={t('people.none')} />}
      >
        <AddressSearch
          label={t('people.search')}
          value={q}
          onChange={(next) => void navigate({ to: '/admin/people', search: next === '' ? {} : { q: next }, replace: true })}
        />
      </TableWithFile>
    </Page>
  )
}
