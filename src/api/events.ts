import { Type } from 'typebox'
import type { Operation } from './operation.ts'

export const eventOperations = {
  streamEvents: {
    method: 'GET',
    path: '/events',
    dialects: ['v2026'],
    own: true,
    tag: 'Live',
    summary:
      'What changes for the caller, as server-sent events. `ready`: from now on changes are told (also after a gap: ask anew for what you show). ' +
      '`changed`: data is {"what": [...], "requestIds": [...] or null}, what being of approvals, requests, tasks, access, team, for org admins ' +
      'administration, or everything.',
    scopes: [],
    levels: ['USER'],
    query: {
      seconds: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 3600,
          default: 3600,
          description: 'How long the stream lasts at most; 0 ends it when it is ready.',
        }),
      ),
    },
    status: 200,
    answer: Type.String(),
    produces: 'text/event-stream',
  },
} as const satisfies Record<string, Operation>
