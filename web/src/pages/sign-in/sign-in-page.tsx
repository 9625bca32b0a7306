import { useQueryClient } from '@tanstack/react-query'
import { Navigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { useCall } from '../../api/queries.ts'
import { type Me, type Session, sessionKey, useSession } from '../../api/session.ts'
import { Badge } from '../../parts/badges.tsx'
import { SearchField } from '../../parts/fields.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Page } from '../../parts/page.tsx'
import { Person } from '../../parts/person.tsx'
import { Problem, Shown } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'

/** Only a path of ours: an address from outside must not lead people away after they signed in. */
function safePath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/'
}

export function SignInPage() {
  const session = useSession()
  const search = useSearch({ from: '/sign-in' })
  const to = safePath(search.to)
  if (session.data?.person) return <Navigate to={to} replace />
  return (
    <main className="sign-in">
      <div className="sign-in-mark">
        <img src="/mark.svg" alt="" width="52" height="52" />
        <p className="sign-in-name">Countersign</p>
      </div>
      <Shown query={session}>{(data) => <Ways session={data} to={to} failed={search.failed} />}</Shown>
    </main>
  )
}

function Ways({ session, to, failed }: { session: Session; to: string; failed: string | undefined }) {
  const t = useText()
  const { openId, sandbox } = session.signIn
  return (
    <Page title={t('signIn.title')} about={t('signIn.about')}>
      {failed === undefined ? null : (
        <p className="problem problem-inline" role="alert">
          <Icon name="warning" /> {t('signIn.failed')} {failed}
        </p>
      )}
      {openId === null ? null : (
        // Not a page of the client: the server sends the browser on to who knows the people.
        <a className="button button-primary" href={`${openId}?to=${encodeURIComponent(to)}`}>
          {t('signIn.openId')}
        </a>
      )}
      {sandbox === null ? null : <SandboxPeople />}
      {openId === null && sandbox === null ? <p>{t('signIn.none')}</p> : null}
    </Page>
  )
}

/** The people of the demo organisation; whoever is chosen is who one is from then on. */
function SandboxPeople() {
  const t = useText()
  const [wanted, setWanted] = useState('')
  const people = useCall('listSandboxPeople', { query: { q: wanted, limit: 50 } }, { keep: true })
  const client = useQueryClient()
  const [error, setError] = useState<unknown>()
  const be = async (person: Me) => {
    setError(undefined)
    try {
      const session = await call('startSandboxSession', { body: { personId: person.id } })
      // Answers of whoever was here before are nobody's any more.
      client.clear()
      client.setQueryData(sessionKey, session)
    } catch (caught) {
      setError(caught)
    }
  }
  return (
    <section className="stack" aria-labelledby="sandbox-people">
      <div>
        <h2 id="sandbox-people">{t('signIn.sandbox')}</h2>
        <p className="muted">{t('signIn.sandboxAbout')}</p>
      </div>
      <SearchField label={t('signIn.search')} value={wanted} onChange={setWanted} />
      {error === undefined ? null : <Problem error={error} inline />}
      <Shown query={people} rows={6}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="muted">{t('signIn.nobody')}</p>
          ) : (
            <ul className="people" aria-label={t('signIn.people')}>
              {rows.map((person) => (
                <li key={person.id}>
                  <button type="button" className="people-choice" onClick={() => void be(person)}>
                    <Person name={person.name} about={person.department ?? undefined} size={36} />
                    <Rank person={person} />
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  )
}

function Rank({ person }: { person: Me }) {
  const t = useText()
  return (
    <span className="row">
      {person.isAdmin ? <Badge tone="busy">{t('signIn.admin')}</Badge> : null}
      {person.managerOf > 0 ? <Badge>{t('signIn.manager', { count: person.managerOf })}</Badge> : null}
    </span>
  )
}
