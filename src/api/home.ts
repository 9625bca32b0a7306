import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { enumOf, Instant, nullable } from './schema.ts'

const Count = Type.Integer({ minimum: 0 })

export const homeOperations = {
  getHome: {
    method: 'GET',
    path: '/home',
    own: true,
    dialects: ['v2026'],
    tag: 'Home',
    summary: 'How much waits for the caller, how much of theirs is on its way, and what ends soon.',
    scopes: [],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 14, description: 'An end within so many days is soon.' })),
    },
    status: 200,
    answer: Type.Object({
      approvals: { ...Count, description: 'Approvals the caller may decide.' },
      tasks: { ...Count, description: 'Work items of the caller.' },
      openRequests: { ...Count, description: 'Items asked by or for the caller that are on their way.' },
      endingAccess: { ...Count, description: 'What the caller holds and what ends soon.' },
      team: nullable(Type.Object({ openRequests: Count, endingAccess: Count })),
      administration: {
        ...nullable(Type.Object({ openRequests: Count, failedRequests: Count })),
        description: 'For org admins: of everybody; failed are those of the last 30 days.',
      },
      mayAskFor: { ...enumOf(['SELF', 'REPORTS', 'ANYBODY']), description: 'For whom the caller may ask for access.' },
      soon: { ...Instant, description: 'Until when an end is soon.' },
    }),
  },
} as const satisfies Record<string, Operation>
