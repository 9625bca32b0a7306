import { createRequire } from 'node:module'
import type { Plugin } from 'vite'
import { de } from '../src/text/de/de.ts'
import { en } from '../src/text/en/en.ts'

const languages: Record<string, Record<string, string>> = { en, de }

// The compiler belongs to Lingui's core, so it is found where the core finds it.
const fromCore = createRequire(createRequire(import.meta.url).resolve('@lingui/core'))
const { compileMessage } = fromCore('@lingui/message-utils/compileMessage') as { compileMessage: (text: string) => unknown }

/** `virtual:catalog/en`: the messages of a language, compiled, so that the browser needs no parser for them. */
export function messageCatalogs(): Plugin {
  const prefix = 'virtual:catalog/'
  return {
    name: 'countersign:catalogs',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load: (id) => {
      if (!id.startsWith(`\0${prefix}`)) return undefined
      const messages = Object.entries(languages[id.slice(prefix.length + 1)] ?? {}).map(([key, text]) => [key, compileMessage(text)])
      return `export default ${JSON.stringify(Object.fromEntries(messages))}`
    },
  }
}
