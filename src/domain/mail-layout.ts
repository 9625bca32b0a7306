/** The same passages as text and as HTML. Whatever they hold, neither form lets it be more than words. */

export type Passage =
  | { kind: 'heading' | 'loud' | 'text' | 'small'; text: string }
  | { kind: 'quote'; by: string; text: string }
  | { kind: 'link'; text: string; url: string }

/** As plain text: passages apart, quotes marked line by line, links written out. */
export function toText(passages: Passage[]): string {
  return `${passages.map(textOf).join('\n\n')}\n`
}

function textOf(passage: Passage): string {
  switch (passage.kind) {
    case 'loud':
      return `*** ${passage.text} ***`
    case 'heading':
    case 'text':
      return passage.text
    case 'small':
      return `-- \n${passage.text}`
    case 'quote':
      return `${passage.by}:\n${linesOf(passage.text)
        .map((line) => `> ${line}`)
        .join('\n')}`
    case 'link':
      return `${passage.text}: ${passage.url}`
  }
}

/** As a page of its own: no scripts, no pictures, nothing that is fetched from anywhere. */
export function toHtml(title: string, passages: Passage[]): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>`
  const body = passages.map(htmlOf).join('\n')
  return `<!doctype html>\n<html lang="en"><head>${head}</head>\n<body style="${styles.body}">\n${body}\n</body></html>\n`
}

const styles = {
  body: 'margin:0;padding:24px;max-width:640px;font:16px/1.5 sans-serif;color:#1a1a1a;background:#ffffff',
  loud: 'margin:16px 0 8px;padding:12px;font-size:18px;line-height:1.3;font-weight:bold;color:#ffffff;background:#a4161a',
  heading: 'margin:16px 0 8px;font-size:18px;line-height:1.3',
  text: 'margin:8px 0',
  small: 'margin:24px 0 0;padding-top:8px;border-top:1px solid #767676;font-size:13px;color:#595959',
  quote: 'margin:4px 0 8px;padding:4px 12px;border-left:4px solid #767676;white-space:pre-wrap',
  link: 'color:#0b4f9e;font-weight:bold',
}

function htmlOf(passage: Passage): string {
  const text = escapeHtml(passage.text)
  switch (passage.kind) {
    case 'loud':
      return `<h2 style="${styles.loud}">${text}</h2>`
    case 'heading':
      return `<h2 style="${styles.heading}">${text}</h2>`
    case 'text':
    case 'small':
      return `<p style="${styles[passage.kind]}">${text}</p>`
    case 'quote':
      return `<p style="${styles.text}">${escapeHtml(passage.by)}:</p>\n<blockquote style="${styles.quote}">${text}</blockquote>`
    case 'link':
      return `<p style="${styles.text}"><a style="${styles.link}" href="${escapeHtml(passage.url)}">${text}</a></p>`
  }
}

/** Any text as words of HTML, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (char) => names[char] ?? char)
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029\v\f\u0085]/)
}
