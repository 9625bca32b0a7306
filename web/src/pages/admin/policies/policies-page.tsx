import { Link } from '@tanstack/react-router'
import type { RowOf } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { LinkButton } from '../../../parts/button.tsx'
import { Page } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { useSortedRows } from '../../../parts/sorted-rows.ts'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { Time } from '../../../parts/time.tsx'
import { type Say, useText } from '../../../text/text.tsx'
import { PolicySettings } from './policy-settings.tsx'

type Policy = RowOf<'listSodPolicies'>

function columns(t: Say): Column<Policy>[] {
  return [
    {
      id: 'name',
      header: t('policies.name'),
      width: 'minmax(12rem, 1.8fr)',
      wraps: true,
      narrow: 'title',
      sorter: 'name',
      cell: ({ id, name }) => (
        <Link to="/admin/policies/$policyId" params={{ policyId: id }} className="table-link">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      id: 'sides',
      header: t('policies.sides'),
      width: 'minmax(14rem, 2fr)',
      wraps: true,
      narrow: 'detail',
      cell: (policy) => sidesOf(policy),
      text: sidesOf,
    },
    {
      id: 'owner',
      header: t('policies.owner'),
      cell: ({ ownerRef }) => <Person name={ownerRef.name} size={24} />,
      text: ({ ownerRef }) => ownerRef.name,
    },
    {
      id: 'state',
      header: t('policies.state'),
      width: '10rem',
      narrow: 'aside',
      cell: ({ state }) => <Badge tone={state === 'ENFORCED' ? 'good' : 'neutral'}>{t(`policies.state.${state}`)}</Badge>,
      text: ({ state }) => state,
    },
    {
      id: 'changed',
      header: t('policies.changed'),
      width: '9rem',
      sorter: 'modified',
      cell: ({ modified }) => <Time at={modified} form="relative" />,
      text: ({ modified }) => modified,
    },
  ]
}

function sidesOf({ conflictingAccessCriteria: { leftCriteria, rightCriteria } }: Policy): string {
  const names = ({ criteriaList }: typeof leftCriteria) => criteriaList.map(({ name }) => name).join(', ')
  return `${names(leftCriteria)} ✕ ${names(rightCriteria)}`
}

/** What nobody should have together. */
export function PoliciesPage() {
  const t = useText()
  const table = useSortedRows('listSodPolicies', {}, 'name')
  const add = (
    <LinkButton look="primary" icon="plus" to="/admin/policies/$policyId" params={{ policyId: 'new' }}>
      {t('policies.new')}
    </LinkButton>
  )
  return (
    <Page wide title={t('policies.title')} about={t('policies.about')} actions={add}>
      <PolicySettings />
      <TableWithFile
        label={t('policies.title')}
        file="sod-policies"
        columns={columns(t)}
        {...table}
        keyOf={({ id }) => id}
        empty={
          <Empty icon="shield" title={t('policies.none')}>
            {t('policies.noneText')}
          </Empty>
        }
      />
    </Page>
  )
}
