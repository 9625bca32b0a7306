import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { allRows } from '../../../api/all-rows.ts'
import { type AnyRequest, isRequestState, requestStates } from '../../../api/requests.ts'
import { useRows } from '../../../api/rows.ts'
import { stateLooks } from '../../../parts/badges.tsx'
import { ColumnChooser, useHiddenColumns } from '../../../parts/column-chooser.tsx'
import { DownloadCsv } from '../../../parts/download-csv.tsx'
import { Select, TextField } from '../../../parts/fields.tsx'
import { Filters } from '../../../parts/filters.tsx'
import { PersonFilter } from '../../../parts/person-filter.tsx'
import { Empty } from '../../../parts/states.tsx'
import { Table } from '../../../parts/table.tsx'
import { useText } from '../../../text/text.tsx'
import { RequestActions } from './request-actions.tsx'
import { requestColumns, usuallyHidden } from './request-columns.tsx'
import { filterNames, queryOf, type RequestFilters, type StateFilter } from './request-filters.ts'

/** As many as can be cancelled in a few calls. */
const mostChosen = 250

/** Every requested item there is, or those that are under way. */
export function EveryRequest({ isOpenOnly }: { isOpenOnly: boolean }) {
  const t = useText()
  const filters = useSearch({ strict: false }) as RequestFilters
  const go = useFilters(isOpenOnly)
  const input = queryOf(filters, isOpenOnly)
  const rows = useRows('listAdministratorsAccessRequestStatus', input)
  const [chosen, setChosen] = useState<ReadonlyMap<string, AnyRequest>>(new Map())
  const all = requestColumns(t)
  const chosenColumns = useHiddenColumns(
    'all-requests',
    all.map(({ id }) => id),
    usuallyHidden,
  )
  const choose = (keys: ReadonlySet<string>, known: readonly AnyRequest[]) =>
    setChosen(new Map([...chosen.values(), ...known].filter((row) => keys.has(keyOf(row))).map((row) => [keyOf(row), row])))
  return (
    <div className="stack">
      <Filters
        fields={<RequestFields filters={filters} onChange={go} isOpenOnly={isOpenOnly} />}
        count={filterNames.filter((name) => filters[name]).length}
        onClear={() => go(Object.fromEntries(filterNames.map((name) => [name, undefined])))}
        actions={
          <>
            <ColumnChooser columns={all} chosen={chosenColumns} />
            <DownloadCsv
              name="requests"
              columns={all.filter(({ id }) => !chosenColumns.hidden.includes(id))}
              load={() => allRows('listAdministratorsAccessRequestStatus', input)}
            />
          </>
        }
      />
      <RequestActions requests={[...chosen.values()]} onDone={() => setChosen(new Map())} />
      <Table
        label={t('allRequests.title')}
        columns={all}
        hidden={chosenColumns.hidden}
        rows={rows}
        keyOf={keyOf}
        sort={filters.sort ?? '-created'}
        onSort={(sort) => go({ sort })}
        selection={{
          keys: new Set(chosen.keys()),
          onChange: choose,
          nameOf: ({ name, requestedFor }) => t('allRequests.choose', { item: name ?? '', person: requestedFor.name }),
          most: mostChosen,
        }}
        empty={
          <Empty icon="search" title={t('allRequests.none')}>
            {t('allRequests.noneText')}
          </Empty>
        }
      />
    </div>
  )
}

const keyOf = ({ accountActivityItemId }: AnyRequest) => accountActivityItemId

/** Changes what the address says about which requests are shown. */
function useFilters(isOpenOnly: boolean): (changed: Partial<Record<keyof RequestFilters, string | undefined>>) => void {
  const navigate = useNavigate()
  const now = useSearch({ strict: false }) as RequestFilters
  return (changed) => {
    const search = Object.fromEntries(Object.entries({ ...now, ...changed }).filter(([, value]) => value))
    void navigate({ to: '/admin/requests', search: { ...search, ...(isOpenOnly ? { view: 'open' } : {}) }, replace: true })
  }
}

interface RequestFieldsProps {
  filters: RequestFilters
  onChange(changed: Partial<Record<keyof RequestFilters, string | undefined>>): void
  isOpenOnly: boolean
}

function RequestFields({ filters, onChange, isOpenOnly }: RequestFieldsProps) {
  const t = useText()
  const state = isRequestState(filters.state) ? filters.state : ''
  return (
    <>
      {isOpenOnly ? null : (
        <Select<StateFilter>
          label={t('allRequests.state')}
          value={state}
          onChange={(next) => onChange({ state: next })}
          choices={[{ key: '', name: t('allRequests.anyState') }, ...requestStates.map((key) => ({ key, name: t(stateLooks[key].text) }))]}
        />
      )}
      <PersonFilter label={t('allRequests.for')} id={filters.for} onChange={(id) => onChange({ for: id })} />
      <PersonFilter label={t('allRequests.by')} id={filters.by} onChange={(id) => onChange({ by: id })} />
      <PersonFilter label={t('allRequests.waits')} id={filters.waits} onChange={(id) => onChange({ waits: id })} />
      <TextField type="date" label={t('allRequests.from')} value={filters.from ?? ''} onChange={(from) => onChange({ from })} />
      <TextField type="date" label={t('allRequests.until')} value={filters.until ?? ''} onChange={(until) => onChange({ until })} />
    </>
  )
}
