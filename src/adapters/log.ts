import { pino } from 'pino'
import type { Logger } from '../ports.ts'

/** PostgreSQL tells values of rows in an error's `detail` and `where`; only what cannot hold them is kept. */
function errorForLog(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? String(error.code) : undefined
  const inner = error instanceof AggregateError ? error.errors.slice(0, 5).map(errorForLog) : undefined
  return { type: error.name, code, message: error.message, stack: error.stack, inner }
}

/** One JSON line per fact on standard output. Headers and bodies are never handed to it; what might hold a credential is cut out all the same. */
export function pinoLogger(level: string): Logger {
  const redact = ['authorization', 'token', 'secret', 'password', '*.authorization', '*.token', '*.secret', '*.password']
  return pino({
    level,
    serializers: { err: errorForLog },
    base: null,
    redact,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
}
