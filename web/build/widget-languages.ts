import type { Plugin } from 'vite'

const bundled =
  /[\\/](?:react-aria|react-stately|react-aria-components)[\\/]dist[\\/]private[\\/]intl[\\/](?:.*[\\/])?([a-z]{2}-[A-Z]{2})\.mjs$/

/** The widgets bring their words in thirty languages; ours has two. */
export function onlyOurLanguages(): Plugin {
  return {
    name: 'countersign:widget-languages',
    enforce: 'pre',
    load: (id) => {
      const language = bundled.exec(id.split('?')[0] ?? '')?.[1]
      return language === undefined || language === 'en-US' || language === 'de-DE' ? undefined : 'export default {}'
    },
  }
}
