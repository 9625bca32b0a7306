import type { Config, describeSettings } from '../config.ts'

/** Prints every setting with its meaning and what was given for it; secrets only as given or not. */
export function printSettings(config: Config, settings: ReturnType<typeof describeSettings>, out: (line: string) => void): void {
  out(`mode: ${config.mode}, data folder: ${config.dataFolder}, database: ${config.databaseUrl ? 'DATABASE_URL' : 'embedded'}`)
  for (const { name, usual, about, given } of settings) {
    out(`${name.padEnd(34)} ${given === undefined ? `default: ${usual}` : given}`)
    out(`${' '.repeat(34)} ${about}`)
  }
}
