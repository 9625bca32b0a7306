import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { Flag, Instant } from './schema.ts'

const Clock = Type.Object({
  now: Type.String({ format: 'date-time', description: 'Business time: what approvals, reminders, start and end dates go by.' }),
  held: Type.Boolean({ description: 'True while business time stands still.' }),
  realNow: Type.String({ format: 'date-time', description: 'Real time, which tokens, leases and retries go by.' }),
})

/** How the clock shall stand; what is left out stays as it is. */
export const ClockBody = Type.Object(
  {
    set: Type.Optional({ ...Instant, description: 'The instant it shall show.' }),
    advance: Type.Optional(
      Type.Unsafe<string | number>({
        anyOf: [
          { type: 'string', maxLength: 100, description: 'An ISO 8601 duration such as P3D or PT1H.' },
          { type: 'number', minimum: 0, maximum: 100_000_000_000, description: 'Seconds.' },
        ],
      }),
    ),
    hold: Type.Optional({ ...Flag, description: 'True: it stands still from then on. False: it runs on from where it stands.' }),
    release: Type.Optional(
      Type.Unsafe<true>({ type: 'boolean', enum: [true], description: 'Back to real time, running; stands alone in the body.' }),
    ),
  },
  { additionalProperties: false },
)

const shared = {
  path: '/clock',
  dialects: ['v2026'],
  own: true,
  sandboxOnly: true,
  tag: 'Clock',
  scopes: [],
  levels: ['ORG_ADMIN'],
  status: 200,
  answer: Clock,
} as const

export const clockOperations = {
  getClock: { ...shared, method: 'GET', summary: 'What time it is for the business. Only in a sandbox.' },
  setClock: {
    ...shared,
    method: 'POST',
    summary: 'Set, advance, hold or release the clock; everything due by then happens before the answer. Only in a sandbox.',
    body: ClockBody,
  },
} as const satisfies Record<string, Operation>
