import type { EventRow, FixRow, GapRow } from '../../archive/archive.ts'
import type { Command } from '../../wire/commands.ts'
import type { DeviceUpdate, Fix } from '../../wire/fleet.ts'
import { type Topic, topicId, topicKey, topicPart } from '../../wire/topics.ts'
import { commandShape } from '../kinds/command.ts'
import { fixShape } from '../kinds/fix.ts'
import { readJson } from '../kinds/shapes.ts'
import { type Logged, readLog, readWholeLog } from './log.ts'
import { type Pull, type Pulled, type PullPorts, readEach, spanOf } from './pull.ts'

/** The fixes since the mark, and commands as they became since. */
export const pullDevice: Pull = async (ports, topic, mark, now) => {
  const page = await readLog<DeviceUpdate>(ports, topic, mark, now, true)
  if (page === null) return pullWhole(ports, topic, mark !== null, now)
  const fixes = page.updates.flatMap(({ at, body }) => rowsOf(body.fixes, at))
  const late = page.updates.flatMap(lateOf)
  const commands = page.updates.flatMap(({ body }) => body.commands ?? [])
  return {
    rows: { fixes: [...fixes, ...late], events: eventsOf(topic, commands) },
    cursor: page.cursor,
    more: page.more,
    times: spanOf(fixes.map(({ fix }) => fix.t)),
  }
}

const rowsOf = (fixes: readonly Fix[] = [], at: number): FixRow[] => fixes.map((fix) => ({ fix, at }))

/** Fixes that came too late for the track: only the log has them. */
const lateOf = ({ at, body: { late } }: Logged<DeviceUpdate>): FixRow[] => rowsOf(late, at)

/** Of each command what it is last. */
const eventsOf = (topic: Topic, commands: readonly Command[]): EventRow[] => {
  const device = topicId(topic)
  const last = new Map(commands.map((command) => [command.id, command]))
  return Array.from(last.values(), (command) => ({
    device,
    id: command.id,
    at: command.at,
    kind: 'command',
    body: JSON.stringify(command),
  }))
}

/** Everything that Redis has, and what may be missing before it. When a fix was taken is not known then. */
const pullWhole = async (ports: PullPorts, topic: Topic, isKnown: boolean, now: Pulled['cursor']): Promise<Pulled> => {
  const [past, asked] = [topicPart(topic, 'past'), topicPart(topic, 'commands')]
  const [texts, since, commandTexts] = await Promise.all([
    ports.ask(past, 'zrange', 0, -1),
    ports.ask(topicKey(topic), 'hget', 'since'),
    ports.ask(asked, 'hvals'),
  ])
  const read = <T>(key: string, shape: typeof fixShape | typeof commandShape) =>
    readEach(ports, (key === past ? texts : commandTexts) as string[], (text): T[] => {
      const found = readJson<unknown>(shape, text)
      if (found === null) ports.unreadable(key, `holds ${text.slice(0, 100)}`)
      return found === null ? [] : [found as T]
    })
  const fixes = await read<Fix>(past, fixShape)
  const commands = await read<Command>(asked, commandShape)
  const gaps = isKnown ? await lostFixes(ports, topic, Number(since ?? 0)) : []
  const { updates } = await readWholeLog<DeviceUpdate>(ports, topic, 0)
  const rows = {
    fixes: [...fixes.map((fix) => ({ fix, at: fix.t })), ...updates.flatMap(lateOf)],
    events: eventsOf(topic, commands),
    gaps,
  }
  return { rows, cursor: now, more: false, times: null }
}

/** Fixes that Redis dropped before they were archived lie between the newest that is and the first that is kept. */
const lostFixes = async ({ archive }: PullPorts, topic: Topic, since: number): Promise<GapRow[]> => {
  const wanted = { device: topicId(topic), from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1 }
  const [newest] = since > 0 ? await archive.track(wanted) : []
  const from = newest?.fix.t ?? since
  return from < since ? [{ topic, from, to: since, why: 'Redis no longer had these fixes' }] : []
}
