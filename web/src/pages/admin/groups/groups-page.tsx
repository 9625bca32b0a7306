import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { named } from '../../../api/filter.ts'
import type { RowOf } from '../../../api/types.ts'
import { AddressSearch } from '../../../parts/address-search.tsx'
import { Button } from '../../../parts/button.tsx'
import { Page } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { useSortedRows } from '../../../parts/sorted-rows.ts'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { type Say, useText } from '../../../text/text.tsx'
import { GroupDialog } from './group-dialog.tsx'

type Group = RowOf<'listWorkgroups'>

function columns(t: Say): Column<Group>[] {
  return [
    {
      id: 'name',
      header: t('groups.name'),
      width: 'minmax(12rem, 1.4fr)',
      narrow: 'title',
      sorter: 'name',
      cell: ({ id, name }) => (
        <Link to="/admin/groups/$groupId" params={{ groupId: id }} className="table-link">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      id: 'description',
      header: t('groups.description'),
      width: 'minmax(12rem, 2fr)',
      wraps: true,
      narrow: 'detail',
      cell: ({ description }) => description || '–',
      text: ({ description }) => description,
    },
    {
      id: 'owner',
      header: t('groups.owner'),
      cell: ({ owner }) => (owner ? <Person name={owner.displayName} size={24} /> : '–'),
      text: ({ owner }) => owner?.displayName,
    },
    {
      id: 'members',
      header: t('groups.members'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ memberCount }) => t('part.group.members', { count: memberCount }),
      text: ({ memberCount }) => memberCount,
    },
    {
      id: 'connections',
      header: t('groups.connections'),
      width: '9rem',
      cell: ({ connectionCount }) => connectionCount,
      text: ({ connectionCount }) => connectionCount,
    },
  ]
}

/** Groups that can be asked to agree. */
export function GroupsPage() {
  const t = useText()
  const navigate = useNavigate()
  const { q = '' } = useSearch({ strict: false }) as { q?: string }
  const [isMaking, setMaking] = useState(false)
  const table = useSortedRows('listWorkgroups', { query: { filters: named(q) } }, 'name')
  return (
    <Page
      wide
      title={t('groups.title')}
      about={t('groups.about')}
      actions={
        <Button look="primary" icon="plus" onPress={() => setMaking(true)}>
          {t('groups.new')}
        </Button>
      }
    >
      <TableWithFile
        label={t('groups.title')}
        file="governance-groups"
        columns={columns(t)}
        {...table}
        keyOf={({ id }) => id}
        empty={<Empty icon="people" title={t('groups.none')} />}
      >
        <AddressSearch
          label={t('groups.search')}
          value={q}
          onChange={(next) => void navigate({ to: '/admin/groups', search: next === '' ? {} : { q: next }, replace: true })}
        />
      </TableWithFile>
      <GroupDialog
        isOpen={isMaking}
        onClose={() => setMaking(false)}
        onSaved={(id) => void navigate({ to: '/admin/groups/$groupId', params: { groupId: id } })}
      />
    </Page>
  )
}
