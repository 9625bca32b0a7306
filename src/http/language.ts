import { inGerman } from './german/in-german.ts'

/** Whether a caller would rather read German than English, by the Accept-Language that came with a call. */
export function wantsGerman(acceptLanguage: string | undefined): boolean {
  let best = { isGerman: false, weight: 0 }
  for (const part of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const isGerman = /^de(-|$)/.test(tag)
    if (!isGerman && !/^en(-|$)/.test(tag)) continue
    const weight = Number(/^\s*q=([\d.]+)$/.exec(parameters[0] ?? 'q=1')?.[1] ?? 0)
    if (weight > best.weight) best = { isGerman, weight }
  }
  return best.isGerman
}

/** A reason of ours as the caller reads it: in German where that is asked for and known, else as it is. */
export function reasonFor(headers: { 'accept-language'?: string | undefined }, text: string): string {
  return wantsGerman(headers['accept-language']) ? (inGerman(text) ?? text) : text
}
