import { Link, type LinkProps } from '@tanstack/react-router'

interface Tab {
  name: string
  link: LinkProps
  isCurrent: boolean
  count?: number | undefined
}

/** Views of one page, each with an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ name, link, isCurrent, count }) => (
        <Link
          key={name}
          {...link}
          className="tab"
          activeProps={{}}
          // A view without a name of its own is not also every other.
          activeOptions={{ exact: true }}
          {...(isCurrent ? { 'aria-current': 'page' as const } : { 'aria-current': undefined })}
        >
          {name}
          {count === undefined ? null : <span className="count">{count}</span>}
        </Link>
      ))}
    </nav>
  )
}
