import { useCall } from '../../api/queries.ts'
import { useMe } from '../../api/session.ts'
import { LinkButton } from '../../parts/button.tsx'
import { Page } from '../../parts/page.tsx'
import { Problem } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'
import { Asked } from './asked.tsx'
import { Ending } from './ending.tsx'
import { Waiting } from './waiting.tsx'

/** What waits for one, what one asked for, and what ends soon. */
export function HomePage() {
  const t = useText()
  const me = useMe()
  const asked = useCall('getHome', {})
  const home = asked.data
  return (
    <Page
      title={t('home.hello', { name: me.name.split(' ')[0] })}
      about={t('home.about')}
      actions={
        <LinkButton to="/request" look="primary" icon="search">
          {t('request.title')}
        </LinkButton>
      }
    >
      <div className="home">
        <div className="stack home-main">
          <Waiting tasks={home?.tasks ?? 0} />
          <Asked count={home?.openRequests} />
        </div>
        <div className="stack home-side">
          {asked.error && home === undefined ? <Problem error={asked.error} onRetry={() => void asked.refetch()} /> : null}
          {asked.error && home === undefined ? null : <Ending whose="me" soon={home?.soon} count={home?.endingAccess} />}
          {me.managerOf > 0 && (home || !asked.error) ? <Ending whose="team" soon={home?.soon} count={home?.team?.endingAccess} /> : null}
        </div>
      </div>
    </Page>
  )
}
