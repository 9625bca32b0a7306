import type { RowOf } from '../../api/types.ts'
import type { Tone } from '../../parts/badges.tsx'

export type Task = RowOf<'listWorkItems'>

export const stateTones: Record<Task['state'], Tone> = {
  Finished: 'good',
  Rejected: 'bad',
  Returned: 'neutral',
  Expired: 'warn',
  Pending: 'busy',
  Canceled: 'neutral',
}
