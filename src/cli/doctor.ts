import { type Config, settings } from '../config.ts'

/** Prints every setting with its meaning; secrets only as given or not. */
export function printSettings(config: Config, out: (line: string) => void): void {
  out(`mode: ${config.mode}, data folder: ${config.dataFolder}, database: ${config.databaseUrl ? 'DATABASE_URL' : 'embedded'}`)
  for (const { name, usual, about } of settings) out(`${name.padEnd(34)} default ${usual}\n${' '.repeat(34)} ${about}`)
}
