import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components'
import { useText } from '../text/text.tsx'
import { Icon } from './icon.tsx'
import { keep, kept } from './keep.ts'

interface Chosen {
  /** Ids of the columns that are not shown. */
  hidden: string[]
  hide(hidden: string[]): void
}

/**
 * Which columns of a table are hidden. Those that are shown stand in the address of the page, so that whoever gets it sees the same; they are kept on this
 * machine under the table's name, too, for when one comes back without. `usual` are hidden until somebody chooses. The page's route has to know
 * `columns`.
 */
export function useHiddenColumns(table: string, all: readonly string[], usual: readonly string[]): Chosen {
  const key = `countersign.columns.${table}`
  const navigate = useNavigate()
  const { columns } = useSearch({ strict: false }) as { columns?: string }
  const named = all.filter((id) => columns?.split(',').includes(id))
  const before = kept(key)?.split(',') ?? usual
  const hidden = all.filter((id) => (named.length > 0 ? !named.includes(id) : before.includes(id)))
  const showInAddress = (next: readonly string[]) => {
    const shown = all.filter((id) => !next.includes(id)).join(',')
    void navigate({ to: '.', search: (now: object) => ({ ...now, columns: shown }), replace: true })
  }
  const latest = useRef(showInAddress)
  latest.current = showInAddress
  const differs = named.length === 0 && String(hidden) !== String(all.filter((id) => usual.includes(id)))
  // What was chosen here before is part of the address from the beginning.
  const toShow = differs ? hidden.join(',') : ''
  useEffect(() => {
    if (toShow !== '') latest.current(toShow.split(','))
  }, [toShow])
  return {
    hidden,
    hide: (next) => {
      keep(key, next.join(','))
      showInAddress(next)
    },
  }
}

interface ColumnChooserProps {
  columns: readonly { id: string; header: string }[]
  chosen: Chosen
}

/** Says which columns a table shows; at least one stays. */
export function ColumnChooser({ columns, chosen: { hidden, hide } }: ColumnChooserProps) {
  const t = useText()
  const shown = columns.filter(({ id }) => !hidden.includes(id)).map(({ id }) => id)
  return (
    <MenuTrigger>
      <Button className="button button-secondary column-chooser">
        <Icon name="columns" size={18} />
        {t('part.columns')}
      </Button>
      <Popover className="popover">
        <Menu
          className="listbox"
          aria-label={t('part.columns')}
          selectionMode="multiple"
          disallowEmptySelection
          shouldCloseOnSelect={false}
          selectedKeys={shown}
          onSelectionChange={(keys) => hide(columns.filter(({ id }) => keys !== 'all' && !keys.has(id)).map(({ id }) => id))}
        >
          {columns.map(({ id, header }) => (
            <MenuItem key={id} id={id} className="option option-check" textValue={header}>
              <span className="checkbox-box" aria-hidden="true">
                <Icon name="check" size={14} />
              </span>
              <Text slot="label">{header}</Text>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
