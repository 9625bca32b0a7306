import { useState } from 'react'
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { useText } from '../text/text.tsx'
import { OptionText } from './fields.tsx'
import { Icon } from './icon.tsx'
import { Avatar } from './person.tsx'

interface Found {
  id: string
  name: string
  about?: string
}

interface FinderProps {
  label: string
  /** Somebody writes: the choices shall fit that. */
  onSearch(text: string): void
  choices: readonly Found[]
  onChoose(found: Found | undefined): void
  autoFocus?: boolean
}

/** Finds one of many people, whom the caller looks up as somebody writes. */
export function Finder({ label, onSearch, choices, onChoose, autoFocus = false }: FinderProps) {
  const t = useText()
  const [text, setText] = useState('')
  return (
    <ComboBox
      className="field"
      items={choices}
      inputValue={text}
      onInputChange={(next) => {
        setText(next)
        onSearch(next)
      }}
      value={null}
      onChange={(key) => onChoose(choices.find(({ id }) => id === key))}
      menuTrigger="focus"
      allowsEmptyCollection
      autoFocus={autoFocus}
    >
      <Label className="label">{label}</Label>
      <div className="combo">
        <Input className="input" placeholder={t('part.person.search')} />
        <Button className="combo-open">
          <Icon name="down" size={16} />
        </Button>
      </div>
      <Popover className="popover">
        <section className="popover-part" aria-label={label}>
          <ListBox className="listbox" renderEmptyState={() => <p className="listbox-empty">{t('part.person.nobody')}</p>}>
            {(found: Found) => (
              <ListBoxItem id={found.id} className="option" textValue={found.name}>
                <Avatar name={found.name} size={26} />
                <OptionText name={found.name} about={found.about} />
              </ListBoxItem>
            )}
          </ListBox>
        </section>
      </Popover>
    </ComboBox>
  )
}
