import type { RowOf } from '../../../api/types.ts'
import type { Tone } from '../../../parts/badges.tsx'

export const healthTones: Record<RowOf<'listSourceHealth'>['state'], Tone> = {
  MANUAL: 'neutral',
  NOT_CONNECTED: 'warn',
  PAUSED: 'warn',
  FAILING: 'bad',
  NOT_CHECKED: 'neutral',
  HEALTHY: 'good',
}
