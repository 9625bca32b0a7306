import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { call } from '../../api/call.ts'
import { useCall } from '../../api/queries.ts'
import { dropAnswers, type Me, type Session, sessionKey, useSession } from '../../api/session.ts'
import { Badge } from '../../parts/badges.tsx'
import { SearchField } from '../../parts/fields.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Page } from '../../parts/page.tsx'
import { Person } from '../../parts/person.tsx'
import { Problem, Shown } from '../../parts/states.tsx'
import { type MessageId, useText } from '../../text/text.tsx'

/** Only a path of ours: an address from outside must not lead people away after they signed in. */
function safePath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/'
}

export function SignInPage() {
  const session = useSession()
  const search = useSearch({ from: '/sign-in' })
  const to = safePath(search.return)
  const router = useRouter()
  const isIn = session.data?.person != null
  useEffect(() => {
    if (isIn) void router.navigate({ href: to, replace: true })
  }, [isIn, router, to])
  return (
    <main className="sign-in">
      <div className="sign-in-mark">
        <img src="/mark.svg" alt="" width="52" height="52" />
        <p className="sign-in-name">Countersign</p>
      </div>
      <Shown query={session}>{(data) => <Ways session={data} to={to} problem={search.problem} tracking={search.tracking} />}</Shown>
    </main>
  )
}

const reasons: Record<string, MessageId> = {
  expired: 'signIn.problem.expired',
  'unknown-person': 'signIn.problem.unknown',
  'ambiguous-person': 'signIn.problem.unknown',
  'unverified-email': 'signIn.problem.unverified',
  'inactive-person': 'signIn.problem.inactive',
  'provider-refused': 'signIn.problem.refused',
}

interface WaysProps {
  session: Session
  to: string
  /** Why an attempt failed, in a word of the server. */
  problem: string | undefined
  tracking: string | undefined
}

function Ways({ session, to, problem, tracking }: WaysProps) {
  const t = useText()
  const { openId, sandbox } = session.signIn
  return (
    <Page title={t('signIn.title')} about={t('signIn.about')}>
      {problem === undefined ? null : (
        <div className="problem problem-inline" role="alert">
          <Icon name="warning" />
          <div>
            <p className="problem-title">{t('signIn.failed')}</p>
            <p>{t(reasons[problem] ?? 'signIn.problem.provider')}</p>
            {tracking === undefined ? null : (
              <p className="problem-id">
                {t('part.problem.tracking')} <code>{tracking}</code>
              </p>
            )}
          </div>
        </div>
      )}
      {openId === null ? null : (
        // Not a page of the client: the server sends the browser on to who knows the people.
        <a className="button button-primary" href={`${openId}?return=${encodeURIComponent(to)}`}>
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
      dropAnswers(client)
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
