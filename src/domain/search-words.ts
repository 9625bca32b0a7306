/** How people search as they type: every word they wrote is the beginning of a word of what they look for. */

const MOST_WORDS = 8

/** Characters that part words, for us and (in the same list) for the index of migration 0013. */
const parting = /[\s\-_/.:@\\#&+()[\]]+/u

/** The words of a search, in lower case; none for a text without any. */
export function searchWords(text: string | undefined): string[] {
  return (text ?? '')
    .toLowerCase()
    .split(parting)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
}

/** The words as PostgreSQL's text search reads them: all of them, each as a beginning. */
export function prefixQuery(words: string[]): string {
  return words.map((word) => `'${word.replace(/['\\]/g, ' ')}':*`).join(' & ')
}
