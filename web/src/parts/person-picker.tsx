import { useEffect, useState } from 'react'
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components'
import { quoted } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { useText } from '../text/text.tsx'
import { Icon } from './icon.tsx'
import { Avatar } from './person.tsx'

export interface PickedPerson {
  id: string
  name: string
}

interface PersonPickerProps {
  label: string
  value: PickedPerson | undefined
  onChange(person: PickedPerson | undefined): void
  hint?: string
  isRequired?: boolean
  /** Nobody of these is offered. */
  except?: readonly string[]
  autoFocus?: boolean
}

/** Finds a person by the beginning of one of their names, their sign-in name or their mail address. */
export function PersonPicker({ label, value, onChange, hint, isRequired = false, except = [], autoFocus = false }: PersonPickerProps) {
  const t = useText()
  const [text, setText] = useState(value?.name ?? '')
  // Chosen or cleared from outside.
  const name = value?.name
  useEffect(() => setText(name ?? ''), [name])
  const wanted = value?.name === text ? '' : text.trim()
  const people = useCall('getPublicIdentities', { query: { limit: 20, sorters: 'name', ...filterOf(wanted) } }, { keep: true })
  const found = (people.data ?? []).filter(({ id }) => !except.includes(id))
  const choose = (key: string | number | null) => {
    const person = found.find(({ id }) => id === key)
    onChange(person ? { id: person.id, name: person.name } : undefined)
    if (person) setText(person.name)
  }
  return (
    <ComboBox
      className="field"
      items={found}
      inputValue={text}
      onInputChange={(next) => {
        setText(next)
        if (next === '') onChange(undefined)
      }}
      value={value?.id ?? null}
      onChange={choose}
      menuTrigger="focus"
      allowsEmptyCollection
      autoFocus={autoFocus}
      isRequired={isRequired}
    >
      <Label className="label">
        {label}
        {isRequired ? <span className="muted"> {t('part.required')}</span> : null}
      </Label>
      <div className="combo">
        <Input className="input" placeholder={t('part.person.search')} />
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
        <ListBox className="listbox" renderEmptyState={() => <p className="listbox-empty">{t('part.person.nobody')}</p>}>
          {(person: (typeof found)[number]) => (
            <ListBoxItem id={person.id} className="option" textValue={person.name}>
              <Avatar name={person.name} size={26} />
              <Text slot="label">{person.name}</Text>
              <Text slot="description" className="muted">
                {person.email ?? person.alias}
              </Text>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}

function filterOf(wanted: string): { filters?: string } {
  if (wanted === '') return {}
  const words = wanted.split(/\s+/)
  const of = (word: string) => ['firstname', 'lastname', 'alias', 'email'].map((field) => `${field} sw ${quoted(word)}`).join(' or ')
  return { filters: words.map((word) => `(${of(word)})`).join(' and ') }
}
