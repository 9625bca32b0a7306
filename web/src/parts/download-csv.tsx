import { useState } from 'react'
import { useText } from '../text/text.tsx'
import { Button } from './button.tsx'
import { csvOf, type FileColumn, saveFile } from './csv.ts'
import { tellDone, tellFailure } from './toast.tsx'

interface DownloadCsvProps<Row> {
  /** What the file is called, without its ending. */
  name: string
  columns: readonly FileColumn<Row>[]
  /** Every row of the table, not only those that are on the screen. */
  load: () => Promise<readonly Row[]>
  small?: boolean
}

/** Saves the whole table as a CSV file, with the columns that it shows. */
export function DownloadCsv<Row>({ name, columns, load, small = false }: DownloadCsvProps<Row>) {
  const t = useText()
  const [isBusy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    try {
      const rows = await load()
      saveFile(`${name}.csv`, csvOf(columns, rows))
      tellDone(t('part.csv.done', { count: rows.length }))
    } catch (error) {
      tellFailure(error, t('part.csv.failed'))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button icon="download" small={small} isPending={isBusy} onPress={() => void run()}>
      {t('part.csv')}
    </Button>
  )
}
