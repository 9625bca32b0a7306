import { useNavigate, useSearch } from '@tanstack/react-router'
import { useBasket } from '../../api/basket.ts'
import { useRows } from '../../api/rows.ts'
import { useMe } from '../../api/session.ts'
import { AddressSearch } from '../../parts/address-search.tsx'
import { Button, LinkButton } from '../../parts/button.tsx'
import { Cards } from '../../parts/cards.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'
import { Filters, type Narrowing } from './filters.tsx'
import { ItemCard } from './item-card.tsx'
import { Recipients } from './recipients.tsx'
import { useBeneficiary } from './use-beneficiary.ts'

/** Finds what one needs, for oneself or for others, and puts it into the basket. */
export function RequestPage() {
  const t = useText()
  const me = useMe()
  const navigate = useNavigate()
  const narrowing: Narrowing = useSearch({ from: '/signed-in/request' })
  const [basket, change] = useBasket(me.id)
  const beneficiary = useBeneficiary()
  const { privileged, ...texts } = narrowing
  const rows = useRows('searchRequestCenter', {
    query: { ...texts, ...(privileged === undefined ? {} : { privileged: privileged === 'true' }), for: beneficiary.id },
  })
  const narrow = (part: Narrowing) => void navigate({ to: '/request', search: { ...narrowing, ...part }, replace: true })
  const isNarrowed = Object.values(narrowing).some((value) => value !== undefined && value !== '')
  return (
    <Page
      title={t('request.title')}
      about={t('request.about')}
      actions={
        basket.lines.length > 0 ? (
          <LinkButton to="/request/basket" look="primary" icon="basket">
            {t('request.toBasket', { count: basket.lines.length })}
          </LinkButton>
        ) : null
      }
    >
      <Recipients
        recipients={basket.recipients.length > 0 ? basket.recipients : [{ id: me.id, name: me.name }]}
        onChange={(recipients) => change((now) => ({ ...now, recipients }))}
      />
      <search className="stack">
        <AddressSearch
          large
          label={t('request.search')}
          value={narrowing.q ?? ''}
          onChange={(q) => narrow({ q: q === '' ? undefined : q })}
        />
        <Filters narrowing={narrowing} onChange={narrow} />
      </search>
      <p className="muted" role="status">
        {rows.count === undefined ? t('part.loading') : t('request.found', { count: rows.count })}
      </p>
      <Cards
        label={t('request.items')}
        rows={rows}
        keyOf={({ id }) => id}
        card={(item) => <ItemCard item={item} />}
        heights={{ wide: 118, narrow: 190 }}
        empty={
          <Empty
            icon="search"
            title={t('request.none')}
            action={
              isNarrowed ? (
                <Button onPress={() => void navigate({ to: '/request', search: {}, replace: true })}>{t('request.clear')}</Button>
              ) : null
            }
          >
            {t('request.noneText')}
          </Empty>
        }
      />
    </Page>
  )
}
