import { type Archive, KEPT, type Kept } from '../archive.ts'

const NAMES: Record<Kept, string> = {
  trades: 'trades',
  minutes: 'candles of a minute',
  candles: 'candles of an hour and a day',
  fixes: 'fixes',
  events: 'events of devices',
  messages: 'messages',
  record: 'record of access',
}

const COLUMNS = [28, 16, 12, 12] as const
const cells = (all: readonly string[]): string =>
  all.map((text, i) => (i === 0 ? text.padEnd(COLUMNS[0]) : text.padStart(COLUMNS[i] ?? 0))).join('')
const megabytes = (bytes: number): string =>
  (bytes / 2 ** 20).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** Says rows and bytes of each kind, and what one row takes. */
export const size = async (archive: Pick<Archive, 'size' | 'engine'>, say: (line: string) => void): Promise<void> => {
  const { rows, bytes, bytesOf } = await archive.size()
  say(cells([archive.engine, 'rows', 'MB', 'bytes each']))
  for (const kind of KEPT) {
    const each = rows[kind] === 0 ? '-' : (bytesOf[kind] / rows[kind]).toFixed(1)
    say(cells([NAMES[kind], rows[kind].toLocaleString('en'), megabytes(bytesOf[kind]), each]))
  }
  say(cells(['all, with indexes and names', '', megabytes(bytes), '']))
}
