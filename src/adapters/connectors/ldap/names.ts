/** A value as it stands in a distinguished name (RFC 4514): what has a meaning there is escaped. */
export function escapeNameValue(value: string): string {
  const escaped = value.replaceAll('\0', '\\00').replace(/[,+"\\<>;=#]/g, '\\$&')
  return escaped.replace(/^ /, '\\ ').replace(/(?<!\\) $/, '\\ ')
}

/**
 * The same text for all ways to write one distinguished name: case, spaces around its parts and the kind of escape do not matter.
 * Text that is no name is its own key.
 */
export function nameKey(name: string): string {
  return partsOf(name, ',')
    .map((part) => partsOf(part, '+').map(pairKey).sort().join('+'))
    .join(',')
}

/** Whether a distinguished name is that of an entry below another. */
export function isBelow(name: string, base: string): boolean {
  return nameKey(name).endsWith(`,${nameKey(base)}`)
}

/** The parts of a name between separators that are not escaped or quoted. */
function partsOf(name: string, separator: string): string[] {
  const parts = ['']
  for (const [token] of name.matchAll(/\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"|[\s\S]/g)) {
    if (token === separator) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts
}

function pairKey(pair: string): string {
  const [, type = '', value = pair] = /^ *([^=]*?) *= *([\s\S]*)$/.exec(pair) ?? []
  return `${type.toLowerCase()}=${escapeNameValue(unescaped(trimmed(value)).toLowerCase())}`
}

function trimmed(value: string): string {
  // The last space belongs to the value when it is escaped.
  const end = value.replace(/ +$/, '')
  return end.endsWith('\\') && value.length > end.length ? `${end} ` : end
}

function unescaped(value: string): string {
  const bare = /^"([\s\S]*)"$/.exec(value)?.[1] ?? value
  const bytes = bare.replace(/(?:\\[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8'))
  return bytes.replace(/\\([\s\S])/g, '$1')
}
