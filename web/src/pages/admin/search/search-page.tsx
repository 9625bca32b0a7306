import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type Index, indices } from '../../../api/search.ts'
import { Button } from '../../../parts/button.tsx'
import { SearchField } from '../../../parts/fields.tsx'
import { Page } from '../../../parts/page.tsx'
import { Tabs } from '../../../parts/tabs.tsx'
import { useText } from '../../../text/text.tsx'
import { FoundTable } from './found-table.tsx'

/** The contract's search, with the columns one wants. */
export function SearchPage() {
  const t = useText()
  const navigate = useNavigate()
  const { columns, ...search } = useSearch({ strict: false }) as { index?: string; q?: string; sort?: string; columns?: string }
  const index: Index = indices.find((one) => one === search.index) ?? 'identities'
  const query = search.q ?? ''
  const asShown = columns === undefined ? {} : { columns }
  const go = (q: string) => void navigate({ to: '/admin/search', search: { index, ...(q.trim() === '' ? {} : { q }), ...asShown } })
  return (
    <Page wide title={t('search.title')} about={t('search.about')}>
      <Tabs
        label={t('search.indices')}
        tabs={indices.map((one) => ({
          name: t(`search.${one}`),
          link: { to: '/admin/search', search: { index: one, ...(query === '' ? {} : { q: query }) } },
          isCurrent: one === index,
        }))}
      />
      <QueryForm key={query} query={query} onSearch={go} />
      <FoundTable key={index} index={index} query={query} sort={search.sort} />
    </Page>
  )
}

/** A query is asked when it is finished: half of one is often no query at all. */
function QueryForm({ query, onSearch }: { query: string; onSearch(query: string): void }) {
  const t = useText()
  const [text, setText] = useState(query)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(text)
  }
  return (
    <form className="search-form" onSubmit={submit}>
      <SearchField large label={t('search.query')} value={text} onChange={setText} />
      <Button look="primary" icon="search" type="submit">
        {t('search.run')}
      </Button>
    </form>
  )
}
