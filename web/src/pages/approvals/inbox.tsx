import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { dropDecided, type PendingApproval } from '../../api/approvals.ts'
import { quoted } from '../../api/filter.ts'
import { usePage } from '../../api/queries.ts'
import { useRows } from '../../api/rows.ts'
import { ActionBadge } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { Select } from '../../parts/fields.tsx'
import { fitting, type Growing, GrowingList, useGrowing } from '../../parts/growing-list.tsx'
import { Avatar } from '../../parts/person.tsx'
import { useShortcuts } from '../../parts/shortcuts.tsx'
import { Empty, Loading, Problem, Shown } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'
import { ApprovalCard } from './approval-card.tsx'
import { GoneApproval } from './gone-approval.tsx'

type Order = 'created' | '-created'

/** One line of the list, in pixels. */
const lineHeight = 68

/** A list of what waits, and the one that is open beside it; cleared by keyboard. */
export function Inbox({ openId }: { openId: string | undefined }) {
  const t = useText()
  const [order, setOrder] = useOrder()
  const rows = useRows('listPendingApprovals', { query: { 'owner-id': 'me', sorters: order } })
  const growing = useGrowing(rows, fitting(lineHeight))
  const { total } = growing
  if (total === undefined) return rows.error ? <Problem error={rows.error} onRetry={rows.refetch} /> : <Loading rows={8} />
  return (
    <>
      {rows.error ? <Problem error={rows.error} inline /> : null}
      {total === 0 && openId === undefined ? (
        <Empty icon="check" title={t('approvals.none')} action={<LinkButton to="/">{t('notFound.home')}</LinkButton>}>
          {t('approvals.noneText')}
        </Empty>
      ) : (
        <Panes growing={growing} total={total} openId={openId} order={order} onOrder={setOrder} />
      )}
    </>
  )
}

/** The order stands in the address, of the list and of what is open beside it. */
function useOrder(): [Order, (order: Order) => void] {
  const navigate = useNavigate()
  const search = useSearchOfOrder()
  const choose = (order: Order) => void navigate({ to: '.', search: order === 'created' ? {} : { sort: order }, replace: true })
  return [search.sort ?? 'created', choose]
}

function useSearchOfOrder(): { sort?: Order } {
  const { sort } = useSearch({ strict: false }) as { sort?: string }
  return sort === '-created' ? { sort } : {}
}

interface PanesProps {
  growing: Growing<PendingApproval>
  total: number
  openId: string | undefined
  order: Order
  onOrder(order: Order): void
}

function Panes({ growing, total, openId, order, onOrder }: PanesProps) {
  const t = useText()
  const client = useQueryClient()
  const { current, next, previous } = useNeighbours(growing, openId)
  const open = useOpen()
  const goesOn = useFocusOn(current?.id)
  useShortcuts('approvals.title', [
    { keys: 'j', text: 'approvals.keyNext', run: () => open(next?.id) },
    { keys: 'k', text: 'approvals.keyPrevious', run: () => open(previous?.id) },
  ])
  const onDecided = (id: string) => {
    goesOn(next === undefined && previous === undefined)
    dropDecided(client, new Set([id]))
    // On a wide screen the next one is open at once; on a narrow one, too, because the list is behind it.
    open(next?.id ?? previous?.id, true)
  }
  return (
    <div className={openId === undefined ? 'inbox' : 'inbox inbox-open'}>
      <section className="inbox-list" aria-label={t('approvals.list')}>
        <div className="row row-between inbox-tools">
          <span className="muted">{t('approvals.waitingCount', { count: total })}</span>
          <Select<Order>
            label={t('approvals.order')}
            isLabelHidden
            value={order}
            onChange={onOrder}
            choices={[
              { key: 'created', name: t('approvals.oldest') },
              { key: '-created', name: t('approvals.newest') },
            ]}
          />
        </div>
        <GrowingList growing={growing} keyOf={({ id }) => id}>
          {(approval) => <InboxRow approval={approval} isOpen={approval.id === current?.id} />}
        </GrowingList>
      </section>
      <div className="inbox-detail">
        <Link to="/approvals" search={order === 'created' ? {} : { sort: order }} className="inbox-back">
          {t('approvals.back')}
        </Link>
        {current ? (
          <ApprovalCard key={current.id} approval={current} onDecided={onDecided} />
        ) : openId === undefined ? null : (
          <Elsewhere key={openId} approvalId={openId} onDecided={onDecided} />
        )}
      </div>
    </div>
  )
}

/** The focus goes with the card that had it: says that another card comes, whose heading then gets it, or none, and the page's heading does. */
function useFocusOn(currentId: string | undefined): (wasLast: boolean) => void {
  const comes = useRef(false)
  useEffect(() => {
    if (!comes.current || currentId === undefined) return
    comes.current = false
    document.getElementById('approval-title')?.focus()
  }, [currentId])
  return (wasLast) => {
    comes.current = !wasLast
    if (wasLast) document.querySelector('h1')?.focus()
  }
}

/** Opens an approval, or the list where there is none to open; `inPlace` forgets the one that was open. */
function useOpen(): (id: string | undefined, inPlace?: boolean) => void {
  const navigate = useNavigate()
  const search = useSearchOfOrder()
  return (id, inPlace = false) => {
    if (id !== undefined) void navigate({ to: '/approvals/$approvalId', params: { approvalId: id }, search, replace: inPlace })
    else if (inPlace) void navigate({ to: '/approvals', search, replace: true })
  }
}

/** The one that is open, which is the first when none was chosen, and those beside it; the next is asked for before it is wanted. */
function useNeighbours({ there, reach }: Growing<PendingApproval>, openId: string | undefined) {
  const at = openId === undefined ? 0 : there.findIndex(({ id }) => id === openId)
  useEffect(() => reach(at + 3), [reach, at])
  return { current: there[at], next: there[at + 1], previous: at > 0 ? there[at - 1] : undefined }
}

/** An approval that is further down the list, or waits no more. */
function Elsewhere({ approvalId, onDecided }: { approvalId: string; onDecided(id: string): void }) {
  const query = { filters: `id eq ${quoted(approvalId)}` }
  const found = usePage('listPendingApprovals', { query })
  return (
    <Shown query={found}>
      {({ rows: [approval] }) =>
        approval ? <ApprovalCard approval={approval} onDecided={onDecided} /> : <GoneApproval approvalId={approvalId} />
      }
    </Shown>
  )
}

function InboxRow({ approval, isOpen }: { approval: PendingApproval; isOpen: boolean }) {
  return (
    <Link
      to="/approvals/$approvalId"
      params={{ approvalId: approval.id }}
      search={useSearchOfOrder()}
      className="inbox-row"
      activeProps={{}}
      {...(isOpen ? { 'aria-current': 'true' as const } : { 'aria-current': undefined })}
    >
      <Avatar name={approval.requestedFor.name} size={34} />
      <span className="inbox-row-main">
        <span className="inbox-row-person">{approval.requestedFor.name}</span>
        <span className="inbox-row-item">{approval.requestedObject.name}</span>
      </span>
      <span className="inbox-row-aside">
        <ActionBadge action={approval.requestType} />
        <span className="muted">
          <Time at={approval.created} form="relative" />
        </span>
      </span>
    </Link>
  )
}
