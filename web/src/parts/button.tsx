import { Link, type LinkComponentProps } from '@tanstack/react-router'
import type { ReactNode, Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { Icon, type IconName } from './icon.tsx'

export type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

interface Shown {
  look?: Look
  icon?: IconName
  small?: boolean
  children?: ReactNode
}

export type ButtonProps = Omit<AriaButtonProps, 'children' | 'className'> & Shown & { ref?: Ref<HTMLButtonElement> }

export function Button({ look = 'secondary', icon, small = false, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={classOf(look, small)}>
      {icon ? <Icon name={icon} size={small ? 16 : 18} /> : null}
      {children}
    </AriaButton>
  )
}

/** A button that shows only an icon; `label` is its name. */
export function IconButton({ icon, label, ...rest }: Omit<AriaButtonProps, 'children' | 'className'> & { icon: IconName; label: string }) {
  return (
    <AriaButton {...rest} aria-label={label} className="icon-button">
      <Icon name={icon} />
    </AriaButton>
  )
}

/** A link that looks like a button, for going somewhere. */
export function LinkButton({ look = 'secondary', icon, small = false, children, ...rest }: LinkComponentProps & Shown) {
  return (
    <Link {...rest} className={classOf(look, small)}>
      {icon ? <Icon name={icon} size={small ? 16 : 18} /> : null}
      {children}
    </Link>
  )
}

/** Where one came from: the list a page is of. */
export function BackLink({ children, ...rest }: LinkComponentProps & { children: ReactNode }) {
  return (
    <LinkButton {...rest} look="quiet" small icon="left">
      {children}
    </LinkButton>
  )
}

function classOf(look: Look, small: boolean): string {
  return `button button-${look}${small ? ' button-small' : ''}`
}
