/** Writes docs/lifecycle.md from the tables of states. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tsImport } from 'tsx/esm/api'

const { lifecycleDocument } = await tsImport('./lifecycle-document.ts', import.meta.url)
await writeFile(join(import.meta.dirname, '../docs/lifecycle.md'), lifecycleDocument())
