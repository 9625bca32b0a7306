import uPlot from 'uplot'
import type { Colours } from './colours.ts'
import type { PlotSeries, Shape } from './shape.ts'

interface Drawn {
  labels: readonly string[]
  series: readonly PlotSeries[]
  shape: Shape
  colours: Colours
  unit(value: number): string
  /** Its values are measured, not counted: there are some between one and two. */
  isMeasured: boolean
  /** The place the pointer is over, or none. */
  onPoint(at: number | undefined): void
}

/** A label needs so much room, and is cut off when it needs more. */
const labelPx = 48
const slantedPx = 22
const labelChars = 16
const plotHeight = 260

/** Draws bars into an element; what it returns is to be told of another width, and to be destroyed. */
export function drawBars(place: HTMLElement, drawn: Drawn, width: number): uPlot {
  const { labels, series, shape, colours, unit, isMeasured, onPoint } = drawn
  const isSlanted = labels.some((label) => label.length > 9) && labels.length > 3
  const options: uPlot.Options = {
    width,
    height: plotHeight,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
    scales: {
      x: { time: false, range: () => [-0.5, labels.length - 0.5] },
      // An empty plot has a height, too.
      y: { range: (_, __, most) => [0, Math.max(most ?? 0, 1) * 1.08] },
    },
    axes: [
      {
        stroke: colours['ink-3'],
        grid: { show: false },
        ticks: { stroke: colours.line },
        splits: (plot) => placesOf(labels.length, plot.width, isSlanted ? slantedPx : labelPx),
        values: (_, places) => places.map((place) => cut(labels[place] ?? '')),
        ...(isSlanted ? { rotate: -35, size: 76 } : {}),
      },
      {
        stroke: colours['ink-3'],
        grid: { stroke: colours.line, width: 1 },
        ticks: { show: false },
        size: 58,
        incrs: [
          ...(isMeasured ? [0.1, 0.2, 0.5] : []),
          1,
          2,
          5,
          10,
          20,
          25,
          50,
          100,
          200,
          250,
          500,
          1000,
          2000,
          5000,
          10_000,
          50_000,
          100_000,
        ],
        values: (_, values) => values.map(unit),
      },
    ],
    series: [{}, ...seriesOf(series, shape, colours)],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? undefined)] },
  }
  return new uPlot(options, dataOf(labels, series, shape), place)
}

/** The place drawn at a distance from the left edge of the window (CSS pixels), or none when that is outside the bars. */
export function placeAt(plot: uPlot, clientX: number): number | undefined {
  const { left, width } = plot.over.getBoundingClientRect()
  const x = clientX - left
  return x < 0 || x > width ? undefined : plot.posToIdx(x)
}

/** The tallest of a pile is drawn first, and the others over it. */
function seriesOf(series: readonly PlotSeries[], shape: Shape, colours: Colours): uPlot.Series[] {
  const { bars } = uPlot.paths
  if (!bars) return []
  const shown = shape === 'stacked' ? [...series].reverse() : series
  return shown.map(({ name, colour }, at) => {
    const paths =
      shape === 'stacked' || series.length === 1 ? bars({ size: [0.7, 44] }) : bars({ size: [0.34, 24], align: at === 0 ? -1 : 1 })
    return { label: name, fill: colours[colour], stroke: colours[colour], width: 0, paths, points: { show: false } }
  })
}

function dataOf(labels: readonly string[], series: readonly PlotSeries[], shape: Shape): uPlot.AlignedData {
  const places = labels.map((_, at) => at)
  if (shape === 'grouped') return [places, ...series.map(({ values }) => [...values])]
  const sums = labels.map(() => 0)
  const piled = series.map(({ values }) =>
    values.map((value, at) => {
      sums[at] = (sums[at] ?? 0) + value
      return sums[at]
    }),
  )
  return [places, ...piled.reverse()]
}

/** Which labels there is room for. */
function placesOf(count: number, width: number, each: number): number[] {
  const step = Math.max(1, Math.ceil((count * each) / Math.max(width - 60, each)))
  return Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step)
}

function cut(label: string): string {
  return label.length > labelChars ? `${label.slice(0, labelChars - 1)}…` : label
}
