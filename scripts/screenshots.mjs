/** Writes a picture of every page into screenshots/: narrow and wide, light and dark. `npm run screenshots -- approvals` takes the pages whose name begins so. */
import { join } from 'node:path'
import { tsImport } from 'tsx/esm/api'
import { run } from './suites.mjs'

await run(process.execPath, [join(import.meta.dirname, 'build.mjs')])
const { takeScreenshots } = await tsImport('../test/e2e/screenshots.ts', import.meta.url)
await takeScreenshots(join(import.meta.dirname, '..', 'screenshots'), process.argv.slice(2))
