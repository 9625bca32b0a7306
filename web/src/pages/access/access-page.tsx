import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { allRows } from '../../api/all-rows.ts'
import type { Held } from '../../api/changes.ts'
import { useRows } from '../../api/rows.ts'
import { AddressSearch } from '../../parts/address-search.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { DownloadCsv } from '../../parts/download-csv.tsx'
import { Select } from '../../parts/fields.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { useText } from '../../text/text.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { heldColumns } from './columns.tsx'
import { RemoveDialog } from './remove-dialog.tsx'

/** What one holds oneself. */
export function MyAccessPage() {
  const t = useText()
  return (
    <Page wide title={t('access.title')} about={t('access.about')} actions={<LinkButton to="/request">{t('request.title')}</LinkButton>}>
      <HeldTable whose="me" />
    </Page>
  )
}

/** What one's direct reports hold. */
export function MyTeamPage() {
  const t = useText()
  return (
    <Page wide title={t('team.title')} about={t('team.about')}>
      <HeldTable whose="team" />
    </Page>
  )
}

/** What is to be done with which row. */
interface Doing {
  what: 'extend' | 'giveBack' | 'remove'
  held: Held
}

function HeldTable({ whose }: { whose: 'me' | 'team' }) {
  const t = useText()
  const navigate = useNavigate()
  const {
    q,
    types,
    sort = whose === 'team' ? 'person' : 'name',
  } = useSearch({ strict: false }) as { q?: string; types?: string; sort?: string }
  const to = whose === 'team' ? '/team' : '/access'
  const search = (part: { q?: string | undefined; types?: string | undefined; sort?: string }) =>
    void navigate({ to, search: { q, types, sort, ...part }, replace: true })
  const input = { query: { for: whose, q, types, sorters: sort } }
  const rows = useRows('listHeldAccess', input)
  const [doing, setDoing] = useState<Doing>()
  const columns = useMemo(() => heldColumns(t, whose === 'team', (what, held) => setDoing({ what, held })), [t, whose])
  const close = () => setDoing(undefined)
  return (
    <div className="stack">
      <search className="table-tools">
        <AddressSearch
          label={whose === 'team' ? t('team.search') : t('access.search')}
          value={q ?? ''}
          onChange={(next) => search({ q: next === '' ? undefined : next })}
        />
        <Select
          label={t('access.kind')}
          isLabelHidden
          value={types ?? ''}
          onChange={(next) => search({ types: next === '' ? undefined : next })}
          choices={[
            { key: '', name: t('access.anyKind') },
            { key: 'ROLE', name: t('kind.role') },
            { key: 'ACCESS_PROFILE', name: t('kind.accessProfile') },
            { key: 'ENTITLEMENT', name: t('kind.entitlement') },
          ]}
        />
        <DownloadCsv name={whose === 'team' ? 'team-access' : 'access'} columns={columns} load={() => allRows('listHeldAccess', input)} />
      </search>
      <Table
        label={whose === 'team' ? t('team.title') : t('access.title')}
        columns={columns}
        rows={rows}
        keyOf={({ assignmentId }) => assignmentId}
        sort={sort}
        onSort={(next) => search({ sort: next })}
        empty={
          <Empty icon="key" title={q || types ? t('access.noneFits') : whose === 'team' ? t('team.none') : t('access.none')}>
            {q || types ? null : t('access.noneText')}
          </Empty>
        }
      />
      {doing === undefined ? null : doing.what === 'remove' ? (
        <RemoveDialog held={doing.held} onClose={close} />
      ) : (
        <ChangeDialog held={doing.held} givesBack={doing.what === 'giveBack'} onClose={close} />
      )}
    </div>
  )
}
