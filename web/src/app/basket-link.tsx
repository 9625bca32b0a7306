import { Link } from '@tanstack/react-router'
import { useBasket } from '../api/basket.ts'
import type { Me } from '../api/session.ts'
import { Icon } from '../parts/icon.tsx'
import { useText } from '../text/text.tsx'

/** The way to the basket from every page, with how much is in it. */
export function BasketLink({ me }: { me: Me }) {
  const t = useText()
  const [{ lines }] = useBasket(me.id)
  const count = lines.length
  return (
    <Link to="/request/basket" className="basket-link" aria-label={t('basket.open', { count })}>
      <Icon name="basket" />
      {count === 0 ? null : <span className="basket-count">{count}</span>}
    </Link>
  )
}
