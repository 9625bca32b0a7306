import { Link, type LinkProps, useNavigate } from '@tanstack/react-router'
import { type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type uPlot from 'uplot'
import { useText } from '../../text/text.tsx'
import { Button } from '../button.tsx'
import type { FileColumn } from '../csv.ts'
import { DownloadCsv } from '../download-csv.tsx'
import { drawBars, placeAt } from './canvas.ts'
import { useColours } from './colours.ts'
import type { PlotSeries, Shape } from './shape.ts'

interface PlotProps {
  title: string
  about: string
  /** What each place of it is: a week, a person, a source. */
  placeName: string
  labels: readonly string[]
  series: readonly PlotSeries[]
  shape: Shape
  /** How a value is written. */
  unit?(value: number): string
  isMeasured?: boolean
  /** The rows behind a place. */
  linkOf(at: number): LinkProps
  /** What its file is called, without the ending. */
  file: string
  /** What stands there when there is nothing to draw. */
  empty: ReactNode
}

/** Bars with their title, what they mean, and the same as a table of links, for who cannot see them or has no pointer. */
export function Plot(props: PlotProps) {
  const { title, about, placeName, labels, series, file, empty } = props
  const t = useText()
  const id = useId()
  const [isTable, setTable] = useState(false)
  const isEmpty = series.every(({ values }) => values.every((value) => value === 0))
  const rows = labels.map((label, at) => ({ label, values: series.map(({ values }) => values[at] ?? 0) }))
  const columns: FileColumn<(typeof rows)[number]>[] = [
    { header: placeName, text: ({ label }) => label },
    ...series.map(({ name }, at) => ({ header: name, text: ({ values }: (typeof rows)[number]) => values[at] })),
  ]
  return (
    <figure className="card plot" aria-labelledby={id}>
      <figcaption className="plot-head">
        <div>
          <h2 id={id}>{title}</h2>
          <p className="muted">{about}</p>
        </div>
        {isEmpty ? null : (
          <div className="row">
            <Button
              small
              icon="columns"
              aria-label={`${isTable ? t('plot.bars') : t('plot.table')}: ${title}`}
              onPress={() => setTable(!isTable)}
            >
              {isTable ? t('plot.bars') : t('plot.table')}
            </Button>
            <DownloadCsv small name={file} columns={columns} load={async () => rows} />
          </div>
        )}
      </figcaption>
      {isEmpty ? empty : isTable ? <PlotTable {...props} /> : <Bars {...props} />}
    </figure>
  )
}

const asIs = (value: number) => String(value)

function Bars({ title, labels, series, shape, unit = asIs, isMeasured = false, linkOf }: PlotProps) {
  const t = useText()
  const navigate = useNavigate()
  const place = useRef<HTMLDivElement>(null)
  const shown = useRef<uPlot>(null)
  const colours = useColours()
  const [at, setAt] = useState<number>()
  // Drawn anew only when what is drawn has changed, not whenever the page is.
  const latest = useRef(unit)
  latest.current = unit
  const key = JSON.stringify([labels, series, shape])
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const [drawnLabels, drawnSeries, drawnShape] = JSON.parse(key) as [string[], PlotSeries[], Shape]
    const drawn = {
      labels: drawnLabels,
      series: drawnSeries,
      shape: drawnShape,
      colours,
      isMeasured,
      unit: (value: number) => latest.current(value),
    }
    const plot = drawBars(element, { ...drawn, onPoint: setAt }, element.clientWidth)
    shown.current = plot
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: plot.height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      shown.current = null
      plot.destroy()
    }
  }, [key, colours, isMeasured])
  // Where it was pressed says the press itself: a finger presses without having pointed before.
  const open = ({ clientX }: PointerEvent) => {
    const pressed = shown.current === null ? undefined : placeAt(shown.current, clientX)
    if (pressed !== undefined) void navigate(linkOf(pressed))
  }
  return (
    <>
      <ul className="row plot-legend">
        {series.map(({ name, colour }) => (
          <li key={name} className="row">
            <span className="plot-colour" style={{ background: colours[colour] }} aria-hidden="true" />
            {name}
          </li>
        ))}
      </ul>
      {/* The table has a link for each place; the pointer has them here as well. */}
      <div ref={place} className="plot-canvas" role="img" aria-label={t('plot.described', { title })} onPointerUp={open} />
      <p className="plot-point" aria-hidden="true">
        {at === undefined
          ? t('plot.hint')
          : `${labels[at]}: ${series.map(({ name, values }) => `${name} ${unit(values[at] ?? 0)}`).join(' · ')}`}
      </p>
    </>
  )
}

function PlotTable({ title, placeName, labels, series, unit = asIs, linkOf }: PlotProps) {
  return (
    <div className="plot-table">
      <table aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{placeName}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="plot-number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, at) => (
            // Two places can be called alike.
            <tr key={`${label} ${String(at)}`}>
              <th scope="row">
                <Link {...linkOf(at)}>{label}</Link>
              </th>
              {series.map(({ name, values }) => (
                <td key={name} className="plot-number">
                  {unit(values[at] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
