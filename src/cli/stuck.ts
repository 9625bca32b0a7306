import type { WhyStuck } from '../domain/stuck.ts'
import { minuteOf } from './minute.ts'

interface Told {
  id: string
  requestId: string | null
  kind: 'GRANT' | 'REVOKE' | 'MODIFY'
  item: { name: string }
  recipient: { name: string }
  since: Date
}

const verbs = { GRANT: 'give', REVOKE: 'take away', MODIFY: 'change' }

/** Takes something that has not moved and why; returns two lines: what it is, with the id that a retry takes, and the reason. */
export function stuckLines({ id, requestId, kind, item, recipient, since }: Told, why: WhyStuck): string[] {
  const direction = kind === 'REVOKE' ? 'from' : kind === 'GRANT' ? 'to' : 'of'
  const tail = why.canRetry ? ' Try it again with "request retry".' : ''
  return [
    `${requestId ?? id}  ${verbs[kind]} ${item.name} ${direction} ${recipient.name}, since ${minuteOf(since)}`,
    `    ${why.reason}: ${why.text}${tail}`,
  ]
}
