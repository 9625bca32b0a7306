/** A text as it stands in the filters of list operations. */
export function quoted(text: string): string {
  return `"${text.replace(/(["\\])/g, '\\$1')}"`
}

/** Joins the parts that are there; undefined when none is. */
export function allOf(...parts: (string | false | undefined)[]): string | undefined {
  const given = parts.filter((part) => typeof part === 'string' && part !== '')
  return given.length === 0 ? undefined : given.join(' and ')
}

/** Whatever has a name that begins so; undefined, which is everything, for nothing but spaces. */
export function named(wanted: string): string | undefined {
  return wanted.trim() === '' ? undefined : `name sw ${quoted(wanted.trim())}`
}

/** People by the beginnings of their names, their sign-in name or their mail address; every word must fit something. */
export function peopleNamed(wanted: string): string | undefined {
  const of = (word: string) => ['firstname', 'lastname', 'alias', 'email'].map((field) => `${field} sw ${quoted(word)}`).join(' or ')
  const words = wanted.split(/\s+/).filter((word) => word !== '')
  return words.length === 0 ? undefined : words.map((word) => `(${of(word)})`).join(' and ')
}
