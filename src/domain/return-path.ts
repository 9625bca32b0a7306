/** Where a page of ours sends people back to after they signed in: only a path here, never an address elsewhere, and never the API. */

const MOST = 2_000

/** The path with its query and fragment, or `/` for everything that is no path of a page of ours. */
export function safeReturnPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > MOST || !/^\/(?![/\\])/.test(asked) || /[\\\p{Cc}]/u.test(asked)) return '/'
  if (!URL.canParse(asked, HERE)) return '/'
  const url = new URL(asked, HERE)
  if (url.origin !== HERE || url.pathname.startsWith('//') || /^\/(countersign|oauth|sign-in)(\/|$)/.test(url.pathname)) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}

const HERE = 'https://here.invalid'
