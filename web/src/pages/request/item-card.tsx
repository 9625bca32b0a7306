import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { RowOf } from '../../api/types.ts'
import { Badge, Kind, KindMark } from '../../parts/badges.tsx'
import { useText } from '../../text/text.tsx'
import { AddButton, Standing } from './add-button.tsx'

/** One item among those that were found. */
export const ItemCard = memo(function ItemCard({ item }: { item: RowOf<'searchRequestCenter'> }) {
  const t = useText()
  const facts = [
    item.source?.name,
    ...item.applications.map(({ name }) => name),
    item.partCount > 0 ? t('request.parts', { count: item.partCount }) : undefined,
    item.owner ? t('request.ownedBy', { name: item.owner.name }) : undefined,
  ]
  return (
    <article className="card item-card">
      <KindMark type={item.type} />
      <div className="item-card-main">
        <h2 className="item-card-name">
          <Link to="/request/items/$itemId" params={{ itemId: item.id }} className="list-link">
            {item.name}
          </Link>
        </h2>
        <p className="item-card-text">{item.description}</p>
        <p className="row item-card-facts">
          <Kind type={item.type} />
          {item.privileged ? <Badge tone="warn">{t('approvals.privileged')}</Badge> : null}
          <Standing item={item} />
          <span className="muted">{[...new Set(facts)].filter((fact) => fact !== undefined).join(' · ')}</span>
        </p>
      </div>
      <div className="item-card-add">
        <AddButton item={item} small />
      </div>
    </article>
  )
})
