import type { DescribedDevice } from '../../feed/device-descriptions.ts'
import type { ImportReply } from '../../wire/devices.ts'
import type { DeviceDescription } from '../../wire/fleet.ts'
import { isSame } from '../fleet/descriptions.ts'
import type { Work } from '../pieces.ts'
import { type Head, piecesOf, type Row, readHead, readRecords, readRow, type Told } from './csv.ts'
import { faultOf } from './device-faults.ts'
import type { DescribeDevices } from './ports.ts'

export type ImportPorts = {
  describe: DescribeDevices
  /** What is known of these devices now; null for one that there is not. */
  descriptions: (ids: readonly string[]) => Promise<(DeviceDescription | null)[]>
  /** The groups of devices that there are. */
  groups: () => readonly string[]
}

/** Lines that are read in one piece of work. */
const AT_ONCE = 200
/** Devices that one file may have, and wrong lines that are told. */
export const MOST_IMPORTED = 20_000
const MOST_WRONG = 1000

type Wrong = ImportReply['wrong'][number]
type Line = { line: number; told: Told }

/**
 * Takes a list of devices as CSV. What a column says of a device counts, and of what has no column nothing changes.
 * Wrong lines are told by their number, and the others taken. Rejects where Redis cannot be asked; it is harmless to
 * repeat.
 */
export const importDevices = async (text: string, ports: ImportPorts, work: Work): Promise<ImportReply> => {
  const reply: ImportReply = { added: 0, changed: 0, wrong: [] }
  const seen = new Map<string, number>()
  const groups = new Set(ports.groups())
  let head: Head | null = null
  for (const piece of piecesInTurn(text)) {
    if (head === null) {
      const read = readHead(piece.text)
      if ('why' in read) return { ...reply, wrong: [{ line: piece.line, why: read.why }] }
      head = read
      continue
    }
    if (isFull(reply, seen)) {
      reply.wrong.push({
        line: piece.line,
        why: 'There is more than one file may have: nothing was read from here on.',
      })
      break
    }
    const { delimiter, columns } = head
    const table = await work(() => readRecords(piece.text, delimiter, piece.line))
    const lines = await work(() => linesOf(table.rows, columns, seen, reply.wrong))
    await takeLines(lines, ports, groups, reply)
    reply.wrong.push(...table.wrong)
    if (table.wrong.length > 0) break
  }
  return { ...reply, wrong: reply.wrong.sort((a, b) => a.line - b.line) }
}

/** The first line, and then some at a time. */
function* piecesInTurn(text: string): Generator<{ text: string; line: number }> {
  const first = piecesOf(text, 1).next().value ?? { text: '', line: 1 }
  yield first
  const lines = first.text.split('\n').length - 1
  for (const { text: piece, line } of piecesOf(text.slice(first.text.length), AT_ONCE))
    yield { text: piece, line: line + lines }
}

const isFull = ({ wrong }: ImportReply, { size }: ReadonlyMap<string, number>): boolean =>
  size >= MOST_IMPORTED || wrong.length >= MOST_WRONG

/** What rows say; those that say nothing are put with the wrong ones. */
const linesOf = (rows: readonly Row[], columns: readonly string[], seen: Map<string, number>, wrong: Wrong[]): Line[] =>
  rows.flatMap((row) => {
    const told = readRow(row, columns)
    const fault = 'why' in told ? told.why : (faultOf({ id: told.id }, []) ?? twice(told, seen))
    if (fault !== null) wrong.push({ line: row.line, why: fault })
    if ('why' in told || fault !== null) return []
    seen.set(told.id, row.line)
    return [{ line: row.line, told }]
  })

const twice = ({ id }: Told, seen: ReadonlyMap<string, number>): string | null =>
  seen.has(id) ? `id: stands on line ${seen.get(id)} already` : null

/** Describes the devices of some lines, where they say something new. */
const takeLines = async (
  lines: readonly Line[],
  { descriptions, describe }: ImportPorts,
  groups: Set<string>,
  reply: ImportReply,
): Promise<void> => {
  const known = await descriptions(lines.map(({ told }) => told.id))
  const wanted: DescribedDevice[] = []
  for (const [i, { line, told }] of lines.entries()) {
    const before = known[i] ?? null
    const device = { id: told.id, ...changedBy(told, before ?? {}) }
    const fault = faultOf(device, [...groups])
    if (fault !== null) reply.wrong.push({ line, why: fault })
    else if (before === null || !isSame(device, before)) {
      wanted.push(device)
      if (device.group) groups.add(device.group)
      if (before === null) reply.added++
      else reply.changed++
    }
  }
  if (wanted.length > 0) await describe(wanted)
}

/** A description once a row has changed it. */
const changedBy = ({ fields, attributes }: Told, before: DeviceDescription): DeviceDescription => {
  const texts = Object.fromEntries([...fields].filter(([name]) => name !== 'id'))
  const values = Object.entries(before.attributes ?? {}).filter(([name]) => !attributes.has(name))
  const set = [...attributes].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  const merged = { ...before, ...texts, attributes: Object.fromEntries([...values, ...set]) }
  const isTold = ([, value]: [string, unknown]): boolean =>
    value !== '' && value !== undefined && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0)
  return Object.fromEntries(Object.entries(merged).filter(isTold))
}
