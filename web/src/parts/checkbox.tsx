import { Checkbox as AriaCheckbox, type CheckboxProps as AriaCheckboxProps, Switch as AriaSwitch } from 'react-aria-components'
import { Icon } from './icon.tsx'

interface CheckboxProps extends Omit<AriaCheckboxProps, 'children' | 'className'> {
  label: string
  isLabelHidden?: boolean
}

export function Checkbox({ label, isLabelHidden = false, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className="checkbox" {...(isLabelHidden ? { 'aria-label': label } : {})}>
      {({ isIndeterminate }) => (
        <>
          <span className="checkbox-box" aria-hidden="true">
            <Icon name={isIndeterminate ? 'minus' : 'check'} size={14} />
          </span>
          {isLabelHidden ? null : <span>{label}</span>}
        </>
      )}
    </AriaCheckbox>
  )
}

interface SwitchProps {
  label: string
  isSelected: boolean
  onChange(selected: boolean): void
  isDisabled?: boolean
}

export function Switch({ label, ...rest }: SwitchProps) {
  return (
    <AriaSwitch {...rest} className="switch">
      <span className="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </AriaSwitch>
  )
}
