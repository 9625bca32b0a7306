import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Chunk = Rolldown.OutputChunk

/** What the browser may have to load and run before it can show `/`, compressed. */
const mostBytes = 250 * 1024

/** Loaded after the entry before `/` is complete: the page itself, and the larger of the two languages. */
const firstPage = /[\\/]pages[\\/]home[\\/]home-page\.tsx$/
const catalog = /virtual:catalog\/(\w+)$/

/** Fails the build when the script that `/` needs is larger than what was promised. */
export function firstPageBudget(): Plugin {
  return {
    name: 'countersign:budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file): file is Chunk => file.type === 'chunk')
      const { names, bytes } = firstPageOf(chunks)
      const told = `the script for / is ${kilobytes(bytes)} KB compressed in ${names.length} files`
      if (bytes > mostBytes) this.error(`${told}; at most ${kilobytes(mostBytes)} KB are allowed`)
      else console.log(`${told} (of ${kilobytes(mostBytes)} KB)`)
    },
  }
}

function firstPageOf(chunks: Chunk[]): { names: string[]; bytes: number } {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const sizeOf = (name: string) => gzipSync(byName.get(name)?.code ?? '', { level: 9 }).length
  const page = chunks.filter((chunk) => chunk.isEntry || chunk.moduleIds.some((id) => firstPage.test(id)))
  const languages = chunks.filter((chunk) => chunk.moduleIds.some((id) => catalog.test(id)))
  const largest = languages.sort((a, b) => sizeOf(b.fileName) - sizeOf(a.fileName)).slice(0, 1)
  const names = new Set<string>()
  const visit = (name: string): void => {
    if (names.has(name)) return
    names.add(name)
    for (const next of byName.get(name)?.imports ?? []) visit(next)
  }
  for (const chunk of [...page, ...largest]) visit(chunk.fileName)
  return { names: [...names], bytes: [...names].reduce((sum, name) => sum + sizeOf(name), 0) }
}

const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1)
