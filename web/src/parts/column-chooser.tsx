import { useState } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components'
import { useText } from '../text/text.tsx'
import { Icon } from './icon.tsx'
import { keep, kept } from './keep.ts'

interface Chosen {
  /** Ids of the columns that are not shown. */
  hidden: string[]
  hide(hidden: string[]): void
}

/** Which columns of a table are hidden, kept on this machine under its name; `usual` are hidden until somebody chooses. */
export function useHiddenColumns(table: string, usual: readonly string[]): Chosen {
  const key = `countersign.columns.${table}`
  const [hidden, setHidden] = useState<string[]>(() => kept(key)?.split(',') ?? [...usual])
  return {
    hidden,
    hide: (next) => {
      keep(key, next.join(','))
      setHidden(next)
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
