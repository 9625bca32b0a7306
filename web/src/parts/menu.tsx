import type { ReactNode } from 'react'
import { Menu as AriaMenu, Button, Header, MenuItem, MenuSection, MenuTrigger, Popover, Text } from 'react-aria-components'
import { Icon, type IconName } from './icon.tsx'

export interface MenuChoice {
  id: string
  name: string
  icon?: IconName
  /** It is what holds now. */
  isChosen?: boolean
  /** It can be taken back by nobody. */
  isDanger?: boolean
  /** Where it leads. */
  href?: string
  run?(): void
}

interface MenuProps {
  /** What it is called. The button that opens it is called so, too, unless its own words say it. */
  label: string
  isNamed?: boolean
  children: ReactNode
  sections: { title?: string; choices: MenuChoice[] }[]
  look?: 'button' | 'icon' | 'plain'
}

const looks = { button: 'button button-secondary', icon: 'icon-button', plain: 'menu-plain' }

/** A button that opens a list of things to do. */
export function Menu({ label, isNamed = false, children, sections, look = 'button' }: MenuProps) {
  const all = sections.flatMap(({ choices }) => choices)
  return (
    <MenuTrigger>
      <Button className={looks[look]} {...(isNamed ? {} : { 'aria-label': label })}>
        {children}
      </Button>
      <Popover className="popover">
        <AriaMenu className="listbox" aria-label={label} onAction={(id) => all.find((one) => one.id === id)?.run?.()}>
          {sections.map((section, at) => (
            <MenuSection key={section.title ?? String(at)} className="menu-section" aria-label={section.title ?? label}>
              {section.title ? <Header className="menu-title">{section.title}</Header> : null}
              {section.choices.map((choice) => (
                <MenuItem
                  key={choice.id}
                  id={choice.id}
                  className={choice.isDanger ? 'option option-danger' : 'option'}
                  textValue={choice.name}
                  {...(choice.href ? { href: choice.href } : {})}
                >
                  {choice.icon ? <Icon name={choice.icon} size={18} /> : null}
                  <Text slot="label">{choice.name}</Text>
                  {choice.isChosen ? <Icon name="check" size={16} /> : null}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
