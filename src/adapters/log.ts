import { pino } from 'pino'
import type { Logger } from '../ports.ts'

/** One JSON line per fact on standard output. Headers and bodies are never handed to it; what might hold a credential is cut out all the same. */
export function pinoLogger(level: string): Logger {
  const redact = ['authorization', 'token', 'secret', 'password', '*.authorization', '*.token', '*.secret', '*.password']
  return pino({ level, base: null, redact, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } })
}
