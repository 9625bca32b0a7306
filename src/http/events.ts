import type { Handler } from './call.ts'

export const eventHandlers = {
  streamEvents: async (call) => ({
    // Some proxies keep back what they pass on until it is worth their while.
    headers: { 'X-Accel-Buffering': 'no' },
    stream: call.live.open(call.actor, Number(call.query['seconds'])),
  }),
} satisfies Record<string, Handler>
