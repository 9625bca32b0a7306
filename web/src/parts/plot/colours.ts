import { useEffect, useState } from 'react'

/** The colours of a plot, by what they mean. A canvas knows nothing of style sheets, so they are read from one. */
const colourNames = ['accent', 'good', 'bad-solid', 'warn', 'busy', 'ink-3', 'line'] as const
export type Colour = (typeof colourNames)[number]
export type Colours = Record<Colour, string>

function read(): Colours {
  const probe = document.createElement('span')
  document.body.append(probe)
  const found = colourNames.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(found) as Colours
}

/** The colours as they are now; light and dark differ, and the reader can change between them. */
export function useColours(): Colours {
  const [colours, setColours] = useState(read)
  useEffect(() => {
    const again = () => setColours(read())
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const observer = new MutationObserver(again)
    dark.addEventListener('change', again)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      dark.removeEventListener('change', again)
      observer.disconnect()
    }
  }, [])
  return colours
}
