import { type Recipient, useBasket } from '../../api/basket.ts'
import { useMe } from '../../api/session.ts'

/** For whom it is told whether they have something: the one it is asked for, or oneself when these are several. */
export function useBeneficiary(): Recipient {
  const me = useMe()
  const [{ recipients }] = useBasket(me.id)
  return recipients.length === 1 && recipients[0] ? recipients[0] : { id: me.id, name: me.name }
}
