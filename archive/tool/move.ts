import { createLine, type Terminal } from '../../simulators/replay/progress.ts'
import type { Archive, Value } from '../archive.ts'

export type Movable = Pick<Archive, 'tables' | 'page' | 'load' | 'edge'>
export type MovePorts = {
  from: Movable
  to: Movable
  terminal: Terminal
  say: (line: string) => void
  signal: AbortSignal
}

/** Rows that are read and written at once. */
const PAGE = 5000

/** Moves a table page by page; the next page is read while one is written. Returns how many rows there were. */
const moveTable = async (table: string, { from, to, terminal, signal }: MovePorts): Promise<number> => {
  const line = createLine(terminal)
  let rows = 0
  let next: Promise<Value[][]> = from.page(table, null, PAGE)
  while (!signal.aborted) {
    const page = await next
    const last = page.at(-1)
    if (last === undefined) break
    next = page.length < PAGE ? Promise.resolve([]) : from.page(table, last, PAGE)
    const [written] = await Promise.allSettled([to.load(table, page), next])
    if (written.status === 'rejected') throw written.reason
    rows += page.length
    line.show(() => `${table}: ${rows.toLocaleString('en')} rows`)
  }
  line.end()
  return rows
}

/** Whoever archives into the other one already would lose by it. */
const checkAhead = async ({ from, to }: MovePorts): Promise<void> => {
  const [here, there] = [await from.edge(), await to.edge()]
  if (there !== null && there > (here ?? 0))
    throw new Error(
      `The archive to move to goes further (${new Date(there).toISOString()}) than the one to move from: nodes write into it already.`,
    )
}

/** Copies all of one archive into another, table by table; false where it was interrupted. The first stays as it is. */
export const move = async (ports: MovePorts): Promise<boolean> => {
  await checkAhead(ports)
  let all = 0
  for (const table of ports.from.tables) {
    const rows = await moveTable(table, ports)
    all += rows
    if (rows > 0) ports.say(`${table}: ${rows.toLocaleString('en')} rows.`)
  }
  ports.say(`Moved ${all} rows${ports.signal.aborted ? ', interrupted' : ''}.`)
  return !ports.signal.aborted
}
