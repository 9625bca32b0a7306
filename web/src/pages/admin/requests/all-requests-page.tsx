import { useSearch } from '@tanstack/react-router'
import { Page } from '../../../parts/page.tsx'
import { Tabs } from '../../../parts/tabs.tsx'
import { useText } from '../../../text/text.tsx'
import { EveryRequest } from './every-request.tsx'
import { StuckRequests } from './stuck-requests.tsx'

/** What everybody asked for, and what of it does not move. */
export function AllRequestsPage() {
  const t = useText()
  const { view } = useSearch({ strict: false }) as { view?: string }
  const to = '/admin/requests'
  return (
    <Page wide title={t('allRequests.title')} about={view === 'stuck' ? t('stuck.about') : t('allRequests.about')}>
      <Tabs
        label={t('allRequests.views')}
        tabs={[
          { name: t('allRequests.every'), link: { to }, isCurrent: view !== 'open' && view !== 'stuck' },
          { name: t('allRequests.open'), link: { to, search: { view: 'open' } }, isCurrent: view === 'open' },
          { name: t('allRequests.stuck'), link: { to, search: { view: 'stuck' } }, isCurrent: view === 'stuck' },
        ]}
      />
      {view === 'stuck' ? <StuckRequests /> : <EveryRequest isOpenOnly={view === 'open'} />}
    </Page>
  )
}
