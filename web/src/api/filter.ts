/** A text as it stands in the filters of list operations. */
export function quoted(text: string): string {
  return `"${text.replace(/(["\\])/g, '\\$1')}"`
}
