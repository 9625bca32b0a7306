import type { ReactNode } from 'react'
import {
  SearchField as AriaSearchField,
  Select as AriaSelect,
  TextField as AriaTextField,
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  SelectValue,
  Text,
  TextArea,
} from 'react-aria-components'
import { useText } from '../text/text.tsx'
import { Icon } from './icon.tsx'

interface TextFieldProps {
  label: string
  value: string
  onChange(value: string): void
  /** What it is for, below it. */
  hint?: string | undefined
  /** What is wrong with it. */
  error?: string | undefined
  isRequired?: boolean
  isDisabled?: boolean
  /** More than one line. */
  lines?: number
  /** A day is written as the browser writes days. */
  type?: 'text' | 'date' | 'number' | 'datetime-local' | 'email'
  min?: string
  max?: string
  maxLength?: number
  autoFocus?: boolean
  onKeyDown?(event: { key: string }): void
}

export function TextField({ label, hint, error, lines, type = 'text', min, max, ...rest }: TextFieldProps) {
  return (
    <AriaTextField {...rest} type={type === 'email' ? 'email' : 'text'} className="field" isInvalid={error !== undefined}>
      <FieldLabel isRequired={rest.isRequired ?? false}>{label}</FieldLabel>
      {lines === undefined ? <Input className="input" type={type} min={min} max={max} /> : <TextArea className="input" rows={lines} />}
      {hint === undefined ? null : (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  )
}

/** What a field is called, and whether it must be filled in. */
export function FieldLabel({ children, isRequired }: { children: ReactNode; isRequired: boolean }) {
  const t = useText()
  return (
    <Label className="label">
      {children}
      {isRequired ? <span className="muted"> {t('part.required')}</span> : null}
    </Label>
  )
}

export interface SearchFieldProps {
  label: string
  value: string
  onChange(value: string): void
  placeholder?: string
  autoFocus?: boolean
  /** Drawn large, where searching is what the page is for. */
  large?: boolean
}

export function SearchField({ label, placeholder, large = false, ...rest }: SearchFieldProps) {
  const t = useText()
  return (
    <AriaSearchField {...rest} aria-label={label} className={large ? 'search search-large' : 'search'}>
      <Icon name="search" size={18} />
      <Input className="search-input" placeholder={placeholder ?? label} />
      <Button className="search-clear" aria-label={t('part.clear')}>
        <Icon name="close" size={16} />
      </Button>
    </AriaSearchField>
  )
}

export interface Choice<Key extends string = string> {
  key: Key
  name: string
  about?: string | undefined
}

interface SelectProps<Key extends string> {
  label: string
  isLabelHidden?: boolean
  value: Key
  onChange(value: Key): void
  choices: readonly Choice<Key>[]
  /** Somebody looks at the choices. */
  onOpen?(): void
  hint?: string
  isDisabled?: boolean
}

/** One of a few. */
export function Select<Key extends string>({
  label,
  isLabelHidden = false,
  value,
  onChange,
  choices,
  onOpen,
  hint,
  isDisabled = false,
}: SelectProps<Key>) {
  const choose = (key: unknown) => {
    const choice = choices.find((one) => one.key === key)
    // What was chosen already can be chosen again, and changes nothing.
    if (choice && choice.key !== value) onChange(choice.key)
  }
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={choose}
      onOpenChange={(isOpen) => (isOpen ? onOpen?.() : undefined)}
      isDisabled={isDisabled}
      {...(isLabelHidden ? { 'aria-label': label } : {})}
    >
      {isLabelHidden ? null : <Label className="label">{label}</Label>}
      <Button className="select">
        <SelectValue className="select-value">{({ selectedText }) => selectedText}</SelectValue>
        <Icon name="down" size={16} />
      </Button>
      {hint === undefined ? null : (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Popover className="popover">
        <ListBox className="listbox" items={choices.map((choice) => ({ ...choice, id: choice.key }))}>
          {(choice) => (
            <ListBoxItem className="option" textValue={choice.name}>
              <OptionText name={choice.name} about={choice.about} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

/** What an option says. It is called by all of it: who sees the second part may also say it to press it. */
export function OptionText({ name, about }: { name: string; about: string | undefined }) {
  return (
    <>
      <span className="option-name">{name}</span>
      {about ? <span className="option-about muted">{about}</span> : null}
    </>
  )
}

interface RadiosProps<Key extends string> {
  label: string
  value: Key | ''
  onChange(value: Key): void
  choices: readonly Choice<Key>[]
}

/** One of a few that deserve to be seen side by side. */
export function Radios<Key extends string>({ label, value, onChange, choices }: RadiosProps<Key>) {
  const choose = (key: string) => {
    const choice = choices.find((one) => one.key === key)
    if (choice) onChange(choice.key)
  }
  return (
    <RadioGroup className="radios" value={value} onChange={choose}>
      <Label className="label">{label}</Label>
      {choices.map((choice) => (
        <Radio key={choice.key} value={choice.key} className="radio">
          <span className="radio-dot" aria-hidden="true" />
          <span>
            {choice.name}
            {choice.about ? <span className="muted radio-about">{choice.about}</span> : null}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  )
}
