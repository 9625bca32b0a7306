import { Link, useLocation, useSearch } from '@tanstack/react-router'
import { type SentLine, type Standing, useStandings } from '../../api/sent.ts'
import { KindMark, StateBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Page, Section } from '../../parts/page.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** What was sent, kept by the browser with its page: a request that exists already may be one that cannot be read. */
    sent?: SentLine[]
  }
}

/** What became of every line that was sent. It stays true: what happens to them is told as it happens. */
export function SentPage() {
  const t = useText()
  const { ids = '', existing = '' } = useSearch({ from: '/signed-in/request/sent' })
  const sent = useLocation().state.sent ?? []
  return (
    <Page
      title={t('sent.title')}
      about={t('sent.about')}
      actions={
        <>
          <LinkButton to="/request">{t('sent.more')}</LinkButton>
          <LinkButton to="/requests" look="primary">
            {t('requests.title')}
          </LinkButton>
        </>
      }
    >
      {ids === '' ? (
        <Empty icon="info" title={t('sent.none')} />
      ) : (
        <Lines title={t('sent.new')} ids={ids} lines={sent.filter(({ isExisting }) => !isExisting)} />
      )}
      {existing === '' ? null : <Lines title={t('sent.existing')} ids={existing} lines={sent.filter(({ isExisting }) => isExisting)} />}
    </Page>
  )
}

/** Something that was sent, where it stands, or both. */
interface Outcome {
  requestId: string
  line: SentLine | undefined
  standing: Standing | undefined
}

/**
 * One of each line that was sent; where those are not known, as when somebody else opens the address, one of all that is in the requests, and
 * of each request that says nothing.
 */
function outcomesOf(ids: readonly string[], lines: readonly SentLine[], standings: readonly Standing[]): Outcome[] {
  const told = new Set<Standing>()
  const ofLines = lines.map((line): Outcome => {
    const { requestId, item, recipient } = line
    // The contract has the item's kind and name there, not its id: two of one name have a row each.
    const standing = standings.find(
      (one) =>
        !told.has(one) &&
        one.accessRequestId === requestId &&
        one.requestedFor.id === recipient.id &&
        one.type === item.type &&
        one.name === item.name,
    )
    if (standing) told.add(standing)
    return { requestId, line, standing }
  })
  const silent = ids.filter((id) => !lines.some(({ requestId }) => requestId === id))
  const ofRequests = silent.flatMap((requestId): Outcome[] => {
    const found = standings.filter(({ accessRequestId }) => accessRequestId === requestId)
    if (found.length === 0) return [{ requestId, line: undefined, standing: undefined }]
    return found.map((standing) => ({ requestId, line: undefined, standing }))
  })
  return [...ofLines, ...ofRequests]
}

function Lines({ title, ids, lines }: { title: string; ids: string; lines: SentLine[] }) {
  const list = [...new Set(ids.split(','))].filter((id) => id !== '')
  const standings = useStandings(list)
  return (
    <Section title={title} count={standings.data ? outcomesOf(list, lines, standings.data).length : undefined}>
      <Shown query={standings}>
        {(rows) => (
          <ul className="list">
            {outcomesOf(list, lines, rows).map((outcome, at) => {
              const key = `${outcome.requestId} ${at}`
              return outcome.standing ? <Row key={key} row={outcome.standing} /> : <Unseen key={key} {...outcome} />
            })}
          </ul>
        )}
      </Shown>
    </Section>
  )
}

/** A line about which nothing can be read. */
function Unseen({ requestId, line }: Outcome) {
  const t = useText()
  return (
    <li className="list-item">
      {line ? <KindMark type={line.item.type} /> : null}
      <div className="list-main">
        <strong>{line ? line.item.name : t('sent.request', { id: requestId })}</strong>
        <span className="muted list-about">
          {line ? `${t('home.for', { name: line.recipient.name })} · ` : ''}
          {t(line?.isExisting ? 'sent.unseen' : 'sent.silent')}
        </span>
      </div>
    </li>
  )
}

function Row({ row }: { row: Standing }) {
  const t = useText()
  const waits = row.approvalDetails
    .filter(({ status }) => status === 'PENDING')
    .flatMap(({ currentOwner, currentOwners }) => currentOwner ?? currentOwners)
  const why = row.cancelledRequestDetails?.comment ?? row.errorMessages?.[0]?.[0]?.text
  return (
    <li className="list-item list-item-link">
      {row.type ? <KindMark type={row.type} /> : null}
      <div className="list-main">
        <Link to="/requests/$requestId" params={{ requestId: row.accessRequestId }} className="list-link">
          {row.name}
        </Link>
        <span className="muted list-about">
          {t('home.for', { name: row.requestedFor.name })}
          {waits.length > 0 ? ` · ${t('sent.waits', { names: waits.map(({ name }) => name).join(', ') })}` : ''}
          {why ? ` · ${why}` : ''}
        </span>
      </div>
      <StateBadge state={row.state} />
    </li>
  )
}
