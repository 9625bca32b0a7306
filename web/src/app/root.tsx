import { type ErrorComponentProps, Outlet, useRouter } from '@tanstack/react-router'
import { I18nProvider, RouterProvider } from 'react-aria-components'
import { useSession } from '../api/session.ts'
import { LinkButton } from '../parts/button.tsx'
import { ClockProvider } from '../parts/clock.tsx'
import { Page } from '../parts/page.tsx'
import { Empty, Problem } from '../parts/states.tsx'
import { Toasts } from '../parts/toast.tsx'
import { useLocale, useText } from '../text/text.tsx'
import { useBusinessClock } from './business-clock.ts'

/** What is around every page: the language and zone of widgets, what time it is, and messages that come and go. */
export function Root() {
  const router = useRouter()
  const locale = useLocale()
  const session = useSession()
  const clock = useBusinessClock(session.data?.clock, session.dataUpdatedAt)
  return (
    <I18nProvider locale={locale}>
      <RouterProvider navigate={(path) => void router.navigate({ href: path })}>
        <ClockProvider clock={clock}>
          <Outlet />
          <Toasts />
        </ClockProvider>
      </RouterProvider>
    </I18nProvider>
  )
}

export function NotFound() {
  const t = useText()
  return (
    <main className="main main-alone">
      <Page title={t('notFound.title')}>
        <Empty icon="search" title={t('notFound.text')} action={<LinkButton to="/">{t('notFound.home')}</LinkButton>} />
      </Page>
    </main>
  )
}

/** A page that could not be shown at all. */
export function RouteProblem({ error, reset }: ErrorComponentProps) {
  const t = useText()
  return (
    <Page title={t('part.problem.title')}>
      <Problem error={error} onRetry={reset} />
    </Page>
  )
}
