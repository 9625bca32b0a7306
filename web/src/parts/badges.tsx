import type { ItemType } from '../api/items.ts'
import type { RequestState } from '../api/requests.ts'
import type { MessageId } from '../text/text.tsx'
import { useText } from '../text/text.tsx'
import { Icon, type IconName } from './icon.tsx'

export type Action = 'GRANT_ACCESS' | 'MODIFY_ACCESS' | 'REVOKE_ACCESS'

const kinds: Record<ItemType, { text: MessageId; icon: IconName }> = {
  ROLE: { text: 'kind.role', icon: 'layers' },
  ACCESS_PROFILE: { text: 'kind.accessProfile', icon: 'key' },
  ENTITLEMENT: { text: 'kind.entitlement', icon: 'shield' },
}

/** Whether something is a role, an access profile or an entitlement. */
export function Kind({ type }: { type: ItemType }) {
  const t = useText()
  return (
    <span className="kind">
      <Icon name={kinds[type].icon} size={14} />
      {t(kinds[type].text)}
    </span>
  )
}

export function KindMark({ type }: { type: ItemType }) {
  return (
    <span className={`kind-mark kind-mark-${type.toLowerCase()}`} aria-hidden="true">
      <Icon name={kinds[type].icon} size={20} />
    </span>
  )
}

const actions: Record<Action, { text: MessageId; icon: IconName; tone: string }> = {
  GRANT_ACCESS: { text: 'action.grant', icon: 'plus', tone: 'grant' },
  MODIFY_ACCESS: { text: 'action.change', icon: 'calendar', tone: 'change' },
  REVOKE_ACCESS: { text: 'action.remove', icon: 'minus', tone: 'remove' },
}

/** What agreeing does: told by word, sign and colour, so that nobody takes one for the other. */
export function ActionBadge({ action, large = false }: { action: Action | null; large?: boolean }) {
  const t = useText()
  const { text, icon, tone } = actions[action ?? 'GRANT_ACCESS']
  return (
    <span className={`action action-${tone}${large ? ' action-large' : ''}`}>
      <Icon name={icon} size={large ? 18 : 14} />
      {t(text)}
    </span>
  )
}

export type Tone = 'neutral' | 'good' | 'busy' | 'bad' | 'warn'

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: string }) {
  return <span className={`badge badge-${tone}`}>{children}</span>
}

/** What each state of a requested item is called, and how it looks. */
export const stateLooks: Record<RequestState, { text: MessageId; tone: Tone }> = {
  EXECUTING: { text: 'state.executing', tone: 'busy' },
  REQUEST_COMPLETED: { text: 'state.completed', tone: 'good' },
  CANCELLED: { text: 'state.cancelled', tone: 'neutral' },
  TERMINATED: { text: 'state.terminated', tone: 'neutral' },
  PROVISIONING_VERIFICATION_PENDING: { text: 'state.verifying', tone: 'busy' },
  REJECTED: { text: 'state.rejected', tone: 'bad' },
  PROVISIONING_FAILED: { text: 'state.failed', tone: 'bad' },
  NOT_ALL_ITEMS_PROVISIONED: { text: 'state.partial', tone: 'warn' },
  ERROR: { text: 'state.error', tone: 'bad' },
}

/** Where a requested item stands. */
export function StateBadge({ state }: { state: RequestState }) {
  const t = useText()
  const { text, tone } = stateLooks[state]
  return <Badge tone={tone}>{t(text)}</Badge>
}
