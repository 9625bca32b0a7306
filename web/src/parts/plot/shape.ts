import type { Colour } from './colours.ts'

/** Upon each other, or beside each other. */
export type Shape = 'stacked' | 'grouped'

/** One value for each place of a plot. */
export interface PlotSeries {
  name: string
  colour: Colour
  values: readonly number[]
}
