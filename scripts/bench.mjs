/**
 * Measures the product on the embedded database and on PostgreSQL 15 (TEST_DATABASE_URL, or the machine's binaries), beside a floor of bare
 * statements. `--sizes 10000,100000` and `--seconds 5` make it shorter, `--only embedded` or `--only postgres` leave one out.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import esbuild from 'esbuild'
import { tsImport } from 'tsx/esm/api'
import { startPostgres15 } from './postgres-15.mjs'
import { run } from './suites.mjs'

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    seconds: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
  },
})
const sizes = options.sizes.split(',').map(Number)
const seconds = Number(options.seconds)
const { only } = options
if (sizes.some((size) => !(size >= 5000)) || !(seconds > 0)) throw new Error('--sizes are numbers from 5000 on, --seconds is a number')
const root = join(import.meta.dirname, '..')
process.chdir(root)
const cleanUps = []
const signal = new AbortController().signal

await run(process.execPath, [join(import.meta.dirname, 'build.mjs')], { signal, quiet: true })
const { bench, machine } = await import(await bundled())
const { startEmbeddedPostgres } = await tsImport('../src/adapters/postgres-embedded.ts', import.meta.url)
console.log(machine())
try {
  if (only !== 'postgres') {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'))
    cleanUps.push(() => rm(folder, { recursive: true, force: true }))
    const server = await startEmbeddedPostgres({ folder, log: () => undefined })
    cleanUps.push(() => server.stop())
    await bench({ name: 'Embedded PostgreSQL', url: server.url, startUpUrl: undefined, sizes, seconds })
  }
  if (only !== 'embedded') {
    const url = process.env.TEST_DATABASE_URL ?? (await startPostgres15(cleanUps, signal, { durable: true }))
    await bench({ name: 'PostgreSQL 15', url, startUpUrl: url, sizes, seconds })
  }
} finally {
  for (const step of cleanUps.reverse()) await step()
}

/** Bundles the bench as the product is bundled: what tsx makes of it names every function when it is made, which costs a tenth. */
async function bundled() {
  const folder = join(root, 'node_modules', '.cache', 'countersign-bench')
  const entryPoints = ['bench', 'callers'].map((name) => join(root, 'test', 'bench', `${name}.ts`))
  const form = { bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20.19' }
  await esbuild.build({ ...form, entryPoints, outdir: folder, outExtension: { '.js': '.mjs' } })
  return pathToFileURL(join(folder, 'bench.mjs')).href
}
