import { Link } from '@tanstack/react-router'
import { toggled, useBasket } from '../../api/basket.ts'
import { useMe } from '../../api/session.ts'
import type { RowOf } from '../../api/types.ts'
import { Badge } from '../../parts/badges.tsx'
import { Button } from '../../parts/button.tsx'
import { Time } from '../../parts/time.tsx'
import { useText } from '../../text/text.tsx'

type Item = Pick<RowOf<'searchRequestCenter'>, 'id' | 'type' | 'name' | 'standing' | 'held' | 'asked'>

/** Puts an item into the basket, or takes it out again. */
export function AddButton({ item, small = false }: { item: Item; small?: boolean }) {
  const t = useText()
  const me = useMe()
  const [basket, change] = useBasket(me.id)
  const isIn = basket.lines.some(({ id }) => id === item.id)
  const press = () =>
    change((now) => toggled(now.recipients.length === 0 ? { ...now, recipients: [{ id: me.id, name: me.name }] } : now, item))
  return (
    <Button
      small={small}
      look={isIn || item.standing !== 'AVAILABLE' ? 'secondary' : 'primary'}
      icon={isIn ? 'check' : 'plus'}
      onPress={press}
      aria-label={t(isIn ? 'request.takeOut' : 'request.putIn', { item: item.name })}
    >
      {t(isIn ? 'request.isIn' : 'request.add')}
    </Button>
  )
}

/** Whether the person has it, or asked for it. */
export function Standing({ item }: { item: Item }) {
  const t = useText()
  if (item.asked) {
    return (
      <Link to="/requests/$requestId" params={{ requestId: item.asked.accessRequestId }} className="standing">
        <Badge tone="busy">{t('request.asked')}</Badge>
      </Link>
    )
  }
  if (!item.held) return null
  return (
    <span className="standing">
      <Badge tone="good">{t('request.held')}</Badge>
      {item.held.until ? (
        <span className="muted">
          {t('approvals.until')} <Time at={item.held.until} form="day" />
        </span>
      ) : null}
    </span>
  )
}
