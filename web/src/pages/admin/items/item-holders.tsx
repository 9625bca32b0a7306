import { Link } from '@tanstack/react-router'
import { allRows } from '../../../api/all-rows.ts'
import { useRows } from '../../../api/rows.ts'
import type { RowOf } from '../../../api/types.ts'
import { DownloadCsv } from '../../../parts/download-csv.tsx'
import { Section } from '../../../parts/page.tsx'
import { Empty } from '../../../parts/states.tsx'
import { type Column, Table } from '../../../parts/table.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Holder = RowOf<'getRoleAssignedIdentities'>

function columns(t: Say): Column<Holder>[] {
  return [
    {
      id: 'person',
      header: t('items.person'),
      narrow: 'title',
      cell: ({ id, name }) => (
        <Link to="/admin/people/$personId" params={{ personId: id }} className="table-link">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    { id: 'mail', header: t('items.mail'), narrow: 'detail', cell: ({ email }) => email ?? '–', text: ({ email }) => email },
    {
      id: 'why',
      header: t('items.holderSource'),
      narrow: 'aside',
      cell: ({ roleAssignmentSource }) => t(`items.holderSource.${roleAssignmentSource}`),
      text: ({ roleAssignmentSource }) => roleAssignmentSource,
    },
  ]
}

/** Who holds a role. */
export function ItemHolders({ id }: { id: string }) {
  const t = useText()
  const input = { params: { id }, query: { sorters: 'name' } }
  const rows = useRows('getRoleAssignedIdentities', input)
  const all = columns(t)
  return (
    <Section
      title={t('items.holders')}
      count={rows.count}
      action={<DownloadCsv small name="holders" columns={all} load={() => allRows('getRoleAssignedIdentities', input)} />}
    >
      <Table
        label={t('items.holders')}
        columns={all}
        rows={rows}
        keyOf={(row) => row.id}
        empty={<Empty icon="people" title={t('items.holdersNone')} />}
      />
    </Section>
  )
}
