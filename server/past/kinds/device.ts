import type { DeviceRow, EventRow, FixRow } from '../../../archive/archive.ts'
import { cellOf } from '../../../wire/cells.ts'
import { type Command, MOST_KEPT } from '../../../wire/commands.ts'
import type { DeviceDescription, DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { foldCommands } from '../../../wire/fold-commands.ts'
import { deviceTopic, type Topic, topicId } from '../../../wire/topics.ts'
import { inLanes } from '../lanes.ts'
import { inOrder, nothing, type PastKind, type Tell } from '../past-kind.ts'
import type { Reads } from '../reads.ts'
import type { Roll } from '../roll.ts'
import { firstRows } from '../rows.ts'
import { createRuns } from '../runs.ts'
import { writtenFix } from '../written.ts'
import { shownFor } from './shown.ts'

/** Fixes among which the newest that is not doubtful is looked for, and rows that are read ahead at once. */
const LOOK_BACK = 100
const MOST = 500

type Happened = { t: number; id: string } & ({ row: FixRow } | { command: Command })

const timeOf = ({ fix }: FixRow): number => fix.t
const changedAt = ({ at }: EventRow): number => at
const commandOf = ({ body }: EventRow): Command => JSON.parse(body) as Command
/** A device that nobody named goes by its id. */
const isNamed = ({ id, name }: DeviceRow): boolean => name !== '' && name !== id
const isRight = ({ doubtful }: Fix): boolean => !doubtful

/**
 * Devices as they were. Of what was known besides their fixes only when they were heard is archived. A command is told
 * when its state changed last: that is all that is kept of it.
 */
export const createPastDevices = (archive: Reads, roll: Roll, reapAfterMs: number): PastKind => {
  /** When each device that was read was heard last, as far as that is told. */
  const heard = new Map<string, number>()
  const runs = createRuns((topic, field, items) => {
    const at = heard.get(topicId(topic))
    return { [field]: items, ...(field === 'fixes' && at !== undefined && { life: { heard: at } }) }
  })

  const describe = (id: string): { description?: DeviceDescription } => {
    const known = roll.of(id)
    if (known === undefined) return {}
    return { description: { ...(isNamed(known) && { name: known.name }), group: roll.groupOf(id) } }
  }
  const stateOf = (
    id: string,
    before: number,
    rows: readonly FixRow[],
    events: readonly EventRow[],
  ): DeviceSnapshot => {
    const last = rows.findLast(({ fix }) => isRight(fix))?.fix ?? null
    const isShown = last !== null && last.t >= before - shownFor(last, reapAfterMs)
    const at = rows.at(-1)?.at
    return {
      last: last && writtenFix(last),
      cell: isShown ? cellOf(last.lat, last.lon, roll.groupOf(id)) : null,
      ...describe(id),
      ...(at !== undefined && { life: { heard: at } }),
      ...(events.length > 0 && { commands: foldCommands([], events.map(commandOf)) }),
    }
  }
  const readOne = async (topic: Topic, before: number): Promise<(() => object) | null> => {
    const id = topicId(topic)
    const [rows, events] = await Promise.all([
      archive.track({ device: id, from: 0, to: before - 1, limit: LOOK_BACK }),
      archive.events(id, before, MOST_KEPT),
    ])
    if (rows.length + events.length === 0 && (await archive.complete(topic)) === null) return null
    heard.set(id, rows.at(-1)?.at ?? 0)
    return () => stateOf(id, before, rows, events)
  }
  const tellOne = (happened: Happened, tell: Tell): void => {
    const { id } = happened
    if (!heard.has(id)) return
    if ('command' in happened) runs.add(deviceTopic(id), 'commands', happened.command, tell)
    else {
      heard.set(id, happened.row.at)
      runs.add(deviceTopic(id), 'fixes', writtenFix(happened.row.fix), tell)
    }
  }
  return {
    atOnce: 20,
    read: async (topics, before) => {
      await roll.look()
      return inLanes(topics, (topic) => readOne(topic, before))
    },
    ahead: async (from, to) => {
      const ids = [...heard.keys()]
      if (ids.length === 0) return nothing(to)
      const [fixes, events] = await Promise.all([
        firstRows((...stretch) => archive.fixesOf(ids, ...stretch), timeOf, from, to, MOST),
        firstRows((...stretch) => archive.eventsOf(ids, ...stretch), changedAt, from, to, MOST),
      ])
      const all: Happened[] = [
        ...fixes.rows.map((row) => ({ t: row.fix.t, id: row.fix.id, row })),
        ...events.rows.map((event) => ({ t: event.at, id: event.device, command: commandOf(event) })),
      ]
      return inOrder(
        all.sort((a, b) => a.t - b.t),
        Math.min(fixes.to, events.to),
        tellOne,
        (tell) => runs.flushAll(tell),
      )
    },
    forget: (topic) => void heard.delete(topicId(topic)),
  }
}
