import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AddressSearch } from '../../../parts/address-search.tsx'
import { Select } from '../../../parts/fields.tsx'
import { Page } from '../../../parts/page.tsx'
import { Tabs } from '../../../parts/tabs.tsx'
import { useText } from '../../../text/text.tsx'
import { AccessProfileTable, EntitlementTable, RoleTable, type Wanted } from './item-tables.tsx'

const kinds = ['roles', 'accessProfiles', 'entitlements'] as const
type Kind = (typeof kinds)[number]
type Requestable = '' | 'true' | 'false'

/** What can be asked for. */
export function ItemsPage() {
  const t = useText()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { kind?: string; q?: string; requestable?: string }
  const kind = kinds.find((one) => one === search.kind) ?? 'roles'
  const requestable = (['true', 'false'] as const).find((one) => one === search.requestable) ?? ''
  const go = (changed: { q?: string; requestable?: Requestable }) => {
    const next = { kind, q: search.q, requestable, ...changed }
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value))
    void navigate({ to: '/admin/items', search: kept, replace: true })
  }
  return (
    <Page wide title={t('items.title')} about={t('items.about')}>
      <Tabs
        label={t('items.kinds')}
        tabs={kinds.map((one) => ({
          name: t(`items.${one}`),
          link: { to: '/admin/items', search: { kind: one } },
          isCurrent: one === kind,
        }))}
      />
      <ItemTable kind={kind} wanted={{ q: search.q ?? '', requestable }}>
        <AddressSearch label={t('items.search')} value={search.q ?? ''} onChange={(q) => go({ q })} />
        <Select<Requestable>
          label={t('items.onlyRequestable')}
          isLabelHidden
          value={requestable}
          onChange={(next) => go({ requestable: next })}
          choices={[
            { key: '', name: t('items.any') },
            { key: 'true', name: t('items.requestable') },
            { key: 'false', name: t('items.notRequestable') },
          ]}
        />
      </ItemTable>
    </Page>
  )
}

function ItemTable({ kind, ...rest }: { kind: Kind; wanted: Wanted; children: ReactNode }) {
  if (kind === 'roles') return <RoleTable {...rest} />
  return kind === 'accessProfiles' ? <AccessProfileTable {...rest} /> : <EntitlementTable {...rest} />
}
