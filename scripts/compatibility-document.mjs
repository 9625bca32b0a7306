/** Writes the generated part of docs/compatibility.md from the table of operations. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tsImport } from 'tsx/esm/api'

const { withMatrix } = await tsImport('./compatibility.ts', import.meta.url)
const file = join(import.meta.dirname, '../docs/compatibility.md')
await writeFile(file, withMatrix(await readFile(file, 'utf8')))
