import { type ReactNode, useEffect, useState } from 'react'
import { Button, ComboBox, Input, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components'
import { FieldLabel, OptionText } from './fields.tsx'
import { Icon } from './icon.tsx'

/** Something that was picked: a person, a group, an item. */
export interface Picked {
  id: string
  name: string
}

export interface Found extends Picked {
  /** What tells it from others of the same name. */
  about?: string | undefined
}

export interface PickerProps {
  label: string
  isLabelHidden?: boolean
  value: Picked | undefined
  onChange(picked: Picked | undefined): void
  hint?: string
  isRequired?: boolean
  autoFocus?: boolean
}

interface SearchProps {
  /** What is found for what was typed, as it is typed. */
  found: readonly Found[]
  /** Empty while what is picked stands there. */
  onSearch(wanted: string): void
  /** It is used from now on; until then nothing need be looked up. */
  onUse(): void
  placeholder: string
  /** What stands there when nothing is found. */
  nothing: string
  mark?: (found: Found) => ReactNode
}

/** Finds one of very many by typing a part of its name. */
export function Picker(props: PickerProps & SearchProps) {
  const { label, isLabelHidden = false, value, onChange, hint, isRequired = false, autoFocus = false } = props
  const { found, onSearch, onUse, placeholder, nothing, mark } = props
  const [text, setText] = useState(value?.name ?? '')
  // Chosen or cleared from outside.
  const name = value?.name
  useEffect(() => setText(name ?? ''), [name])
  // It is called as well when the field is left, with what was picked before, which need not be among what is found.
  const choose = (key: string | number | null) => {
    const one = found.find(({ id }) => id === key)
    if (one && one.id !== value?.id) onChange({ id: one.id, name: one.name })
    setText(one?.name ?? value?.name ?? '')
    onSearch('')
  }
  return (
    <ComboBox
      className="field"
      items={found}
      inputValue={text}
      onInputChange={(next) => {
        setText(next)
        onSearch(next === value?.name ? '' : next.trim())
        if (next === '') onChange(undefined)
      }}
      value={value?.id ?? null}
      onChange={choose}
      onFocus={onUse}
      menuTrigger="focus"
      allowsEmptyCollection
      autoFocus={autoFocus}
      isRequired={isRequired}
      {...(isLabelHidden ? { 'aria-label': label } : {})}
    >
      {isLabelHidden ? null : <FieldLabel isRequired={isRequired}>{label}</FieldLabel>}
      <div className="combo">
        <Input className="input" placeholder={placeholder} />
        <Button className="combo-open">
          <Icon name="down" size={16} />
        </Button>
      </div>
      {hint ? (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      ) : null}
      <Popover className="popover">
        <section className="popover-part" aria-label={label}>
          <ListBox className="listbox" renderEmptyState={() => <p className="listbox-empty">{nothing}</p>}>
            {(one: Found) => (
              <ListBoxItem id={one.id} className="option" textValue={one.name}>
                {mark?.(one)}
                <OptionText name={one.name} about={one.about} />
              </ListBoxItem>
            )}
          </ListBox>
        </section>
      </Popover>
    </ComboBox>
  )
}
