import { useMe, useSession } from '../../api/session.ts'
import { Facts, Page, Section } from '../../parts/page.tsx'
import { MaybeTime } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import { Tokens } from './tokens.tsx'

export function ProfilePage() {
  const t = useText()
  const me = useMe()
  const session = useSession().data?.session
  return (
    <Page title={t('profile.title')} about={t('profile.about')}>
      <Section title={t('profile.me')}>
        <div className="card">
          <Facts
            rows={[
              [t('profile.name'), me.name],
              [t('profile.alias'), me.alias],
              [t('profile.email'), me.email ?? '–'],
              [t('profile.department'), me.department ?? '–'],
              [t('profile.rights'), me.isAdmin ? t('profile.admin') : t('profile.plain')],
              session && [t('profile.session'), <MaybeTime key="since" at={session.startedAt} />],
              session && [t('profile.sessionEnds'), <MaybeTime key="ends" at={session.endsAt} />],
            ]}
          />
        </div>
      </Section>
      <Tokens />
    </Page>
  )
}
