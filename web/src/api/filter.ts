/** A text as it stands in the filters of list operations. */
export function quoted(text: string): string {
  return `"${text.replace(/(["\\])/g, '\\$1')}"`
}

/** Joins the parts that are there; undefined when none is. */
export function allOf(...parts: (string | false | undefined)[]): string | undefined {
  const given = parts.filter((part) => typeof part === 'string' && part !== '')
  return given.length === 0 ? undefined : given.join(' and ')
}
