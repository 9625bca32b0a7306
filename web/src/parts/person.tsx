/** The first letters of somebody's names in a circle, beside the name that says the same. */
export function Avatar({ name, size = 28 }: { name: string; size?: number }) {
  const words = name.split(/\s+/).filter((word) => word !== '')
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '').join('')
  return (
    <span className={`avatar avatar-${hueOf(name)}`} style={{ width: size, height: size, fontSize: size * 0.4 }} aria-hidden="true">
      {initials.toUpperCase()}
    </span>
  )
}

const hues = 6

function hueOf(name: string): number {
  let sum = 0
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return sum % hues
}

export function Person({ name, about, size }: { name: string; about?: string | undefined; size?: number }) {
  return (
    <span className="person">
      <Avatar name={name} {...(size ? { size } : {})} />
      <span className="person-text">
        <span>{name}</span>
        {about ? <span className="muted person-about">{about}</span> : null}
      </span>
    </span>
  )
}
