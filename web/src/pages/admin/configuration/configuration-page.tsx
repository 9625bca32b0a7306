import { useSearch } from '@tanstack/react-router'
import { Page } from '../../../parts/page.tsx'
import { Tabs } from '../../../parts/tabs.tsx'
import { useText } from '../../../text/text.tsx'
import { EntitlementDefaults } from './entitlement-defaults.tsx'
import { RequestSettings } from './request-settings.tsx'
import { TimersForm } from './timers-form.tsx'

/** How access is asked for and decided. */
export function ConfigurationPage() {
  const t = useText()
  const { view = 'approvals' } = useSearch({ strict: false }) as { view?: string }
  const to = '/admin/configuration'
  const tab = (name: 'approvals' | 'requests' | 'entitlements') => ({
    name: t(`configuration.${name}`),
    link: { to, search: name === 'approvals' ? {} : { view: name } } as const,
    isCurrent: view === name,
  })
  return (
    <Page wide title={t('configuration.title')} about={t('configuration.about')}>
      <Tabs label={t('configuration.views')} tabs={[tab('approvals'), tab('requests'), tab('entitlements')]} />
      {view === 'requests' ? <RequestSettings /> : view === 'entitlements' ? <EntitlementDefaults /> : <TimersForm />}
    </Page>
  )
}
