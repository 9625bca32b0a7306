import { type ReactNode, useId, useState } from 'react'
import { useText } from '../text/text.tsx'
import { Button } from './button.tsx'

interface FiltersProps {
  /** What is always there, such as a field for searching. */
  children?: ReactNode
  /** On a narrow screen these are folded away. */
  fields: ReactNode
  /** How many of them are set. */
  count: number
  onClear(): void
  /** What can be done with the table. */
  actions?: ReactNode
}

/** What stands above a table: which rows it shows, and what can be done with them. */
export function Filters({ children, fields, count, onClear, actions }: FiltersProps) {
  const t = useText()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <div className="filters">
      {children}
      <span className="filters-toggle">
        <Button icon={isOpen ? 'up' : 'down'} aria-expanded={isOpen} aria-controls={id} onPress={() => setOpen(!isOpen)}>
          {t('part.filters', { count })}
        </Button>
      </span>
      <div id={id} className={isOpen ? 'filters-fields filters-open' : 'filters-fields'}>
        {fields}
        {count > 0 ? (
          <Button look="quiet" icon="close" onPress={onClear}>
            {t('part.filters.clear')}
          </Button>
        ) : null}
      </div>
      <div className="row filters-actions">{actions}</div>
    </div>
  )
}
