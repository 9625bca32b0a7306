/** Rows that a page is printed of at a time. */
export const PAGE = 250

/** Prints a list page by page, each row in lines of its own; returns how many rows there were. `read` answers up to PAGE rows. */
export async function printPages<Row>(
  read: (offset: number) => Promise<{ rows: Row[] }>,
  linesOf: (row: Row) => string[],
): Promise<number> {
  for (let told = 0; ; ) {
    const { rows } = await read(told)
    for (const row of rows) for (const line of linesOf(row)) console.log(line)
    told += rows.length
    if (rows.length < PAGE) return told
  }
}
