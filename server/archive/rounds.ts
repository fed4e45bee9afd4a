import type { Mark } from '../../archive/archive.ts'
import type { Topic } from '../../wire/topics.ts'
import { inPieces } from '../devices/in-pieces.ts'
import { createAsk } from './ask.ts'
import { createDropping } from './dropping.ts'
import { createLag } from './lag.ts'
import { deviceText, listTopics, newDevices } from './listing.ts'
import { createLook } from './look.ts'
import type { ArchivistPorts } from './ports.ts'
import { createPulling } from './pulling.ts'
import { hasMoved, type Tended, tend } from './tended.ts'
import { createWriting, readMarks } from './writing.ts'

/** Topics that are looked at in one round. */
const MOST_LOOKED_AT = 2000
/** Topics that are pulled at the same time; fewer of those that are read whole: Redis has others to answer, too. */
const AT_ONCE = 50
const WHOLE_AT_ONCE = 5
/** How often topics are listed; and how often the record is pulled, the edge told, and Redis's room freed (ms). */
const LIST_EVERY_MS = 5000
const UPKEEP_EVERY_MS = 1000
/** This node may take Redis's clock to be so much ahead of what it is (ms). */
const CLOCK_SLACK_MS = 250
const NEVER = Number.NEGATIVE_INFINITY

export type Rounds = {
  /** Reads how far the archive has everything: before the first round, and after whatever failed. */
  load: () => Promise<void>
  /** Pulls what it is time for. */
  round: () => Promise<void>
  /** Only looks how far Redis is, while the archive is away. */
  look: () => Promise<void>
  tended: () => Iterable<Tended>
}

/** The rounds of a node that archives. `goesOn`: false once it is to end. */
export const createRounds = (ports: ArchivistPorts, goesOn: () => boolean): Rounds => {
  const { archive, timing, clock, now } = ports
  const ask = createAsk(ports.redis)
  const lag = createLag(timing.lag)
  const all = new Map<Topic, Tended>()
  const marks = new Map<Topic, Mark>()
  const devices = new Map<string, string>()
  const look = createLook(ports, lag)
  const writing = createWriting(archive, ports.count, goesOn)
  const pull = createPulling(ports, { ...ports, ask, shown: new Map() }, writing, marks)
  const drop = createDropping(ports)
  let listed = { due: NEVER, at: 0 }
  let upkeepDue = NEVER
  const moment = (): number => now() - CLOCK_SLACK_MS

  const list = async (at: number): Promise<void> => {
    const register = await ports.register()
    const topics = new Set(await listTopics(ask, register))
    for (const topic of all.keys()) if (!topics.has(topic)) all.delete(topic)
    for (const topic of topics) if (!all.has(topic)) all.set(topic, tend(topic, marks.get(topic), listed.at))
    await writing.write([{ rows: { devices: newDevices(register, devices) }, mark: null }], () => {})
    listed = { due: clock() + LIST_EVERY_MS, at }
  }
  const upkeep = async (at: number): Promise<void> => {
    upkeepDue = clock() + UPKEEP_EVERY_MS
    await pull.record(at)
    let edge = listed.at
    for (const { doneAt } of all.values()) edge = Math.min(edge, doneAt)
    await writing.tellEdge(edge)
    await drop(all.values())
  }
  return {
    load: async () => {
      const [known, read] = await Promise.all([archive.devices(), readMarks(archive)])
      for (const map of [all, marks, devices]) map.clear()
      for (const mark of read) marks.set(mark.topic, mark)
      for (const device of known) devices.set(device.id, deviceText(device))
      listed = { due: NEVER, at: 0 }
    },
    round: async () => {
      const [started, at] = [clock(), moment()]
      if (started >= listed.due) await list(at)
      const due = dueBy(started, all.values())
      if (due.length > 0) await look(due, at)
      for (const some of groupsOf(due.filter(hasMoved))) if (goesOn()) await pull.topics(some, at)
      if (started >= upkeepDue) await upkeep(at)
      lag.worked(started, clock() - started)
    },
    look: () => look([...all.values()], moment()),
    tended: () => all.values(),
  }
}

/** Topics whose turn it is, those first that wait longest. */
const dueBy = (now: number, all: Iterable<Tended>): Tended[] =>
  [...all]
    .filter(({ look }) => look.due <= now)
    .sort((a, b) => a.look.due - b.look.due)
    .slice(0, MOST_LOOKED_AT)

/** Topics that are pulled at the same time. */
const groupsOf = (moved: readonly Tended[]): Tended[][] => {
  const isKnown = ({ mark, cursor }: Tended): boolean => mark !== null && mark.epoch === cursor?.epoch
  return [
    ...inPieces(moved.filter(isKnown), AT_ONCE),
    ...inPieces(
      moved.filter((tended) => !isKnown(tended)),
      WHOLE_AT_ONCE,
    ),
  ]
}
