import { type ReactNode, useEffect, useRef } from 'react'

let hasShownAPage = false

interface PageProps {
  title: string
  /** One sentence below the title. */
  about?: ReactNode
  /** What can be done on the page as a whole. */
  actions?: ReactNode
  /** Where one came from. */
  back?: ReactNode
  /** The page is a wide table. */
  wide?: boolean
  children: ReactNode
}

/** A page: its title, told to the window and to who cannot see it, and what it holds. */
export function Page({ title, about, actions, back, wide = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Countersign`
  }, [title])
  // Who came by a link of the navigation is still there; who came by one that has gone with its page begins at the title. The first page
  // begins where every document does, before the way past the navigation.
  useEffect(() => {
    const isFirst = !hasShownAPage
    hasShownAPage = true
    if (isFirst) return
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className={wide ? 'page page-wide' : 'page'}>
      {back ? <div className="page-back">{back}</div> : null}
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {about ? <p className="page-about">{about}</p> : null}
        </div>
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

interface SectionProps {
  title: string
  action?: ReactNode
  /** How many things it holds. */
  count?: number | undefined
  children: ReactNode
}

export function Section({ title, action, count, children }: SectionProps) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>
          {title}
          {count === undefined ? null : <span className="count">{count}</span>}
        </h2>
        {action}
      </header>
      {children}
    </section>
  )
}

/** Names with what they stand for, one below the other. */
export function Facts({ rows }: { rows: (readonly [name: string, value: ReactNode] | false | '' | null | undefined)[] }) {
  return (
    <dl className="facts">
      {rows.map((row) =>
        row ? (
          <div key={row[0]}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
