import { toText } from '../../../../server/live/bytes.ts'
import { createPastCells } from '../../../../server/past/kinds/cell.ts'
import { createPastDevices } from '../../../../server/past/kinds/device.ts'
import { createPastRegister } from '../../../../server/past/kinds/register.ts'
import { createPastRooms } from '../../../../server/past/kinds/room.ts'
import { createPastSymbols } from '../../../../server/past/kinds/symbol.ts'
import { createRoll } from '../../../../server/past/roll.ts'
import { createSource } from '../../../../server/past/source.ts'
import { isSnapshot, isUpdate } from '../../../../server/texts.ts'
import type { Update } from '../../../../wire/protocol.ts'
import type { Topic } from '../../../../wire/topics.ts'
import { createMemory, type Rows } from './memory.ts'

export const REAP_AFTER_MS = 900_000
const work = async <T>(piece: () => T): Promise<T> => piece()

/** The source of one clock that stands at a bound, over rows in memory; and what its one client is told. */
export const openClock = (rows: Rows, begin: number, memory = createMemory(rows)) => {
  const { archive } = memory
  const roll = createRoll(archive, work, () => 0)
  const anew: Topic[] = []
  let lives = 0
  const source = createSource(
    {
      makeKinds: () => ({
        s: createPastSymbols(archive),
        c: createPastCells(archive, roll, REAP_AFTER_MS),
        d: createPastDevices(archive, roll, REAP_AFTER_MS),
        m: createPastRooms(archive),
        r: createPastRegister(roll),
      }),
      epoch: () => `life-${++lives}`,
      asked: work,
      told: work,
      anew: (topics) => void anew.push(...topics),
    },
    begin,
  )
  const told: Update[] = []
  /** Texts that the function library would not write as they are, but for candles. */
  const strange: string[] = []
  const releases = new Map<Topic, () => void>()
  const hear = (topic: Topic) => (text: string) => {
    const update = JSON.parse(toText(text)) as Update
    if (!isUpdate(topic, text) && update.candles === undefined) strange.push(text)
    told.push(update)
  }

  return {
    source,
    memory,
    told,
    strange,
    anew,
    watch: async (topic: Topic): Promise<void> => {
      releases.set(topic, await source.channels.subscribe(topic, hear(topic)))
    },
    unwatch: (topic: Topic): void => releases.get(topic)?.(),
    /** A topic's state where the clock stands; null where there is no such topic. */
    state: async <State>(topic: Topic): Promise<State | null> => {
      const result = await source.read(topic, null)
      if (result.kind !== 'snapshot') return null
      if (!isSnapshot(topic, result.snapshot)) strange.push(result.snapshot)
      return JSON.parse(toText(result.snapshot)) as State
    },
  }
}

/** The same, watched already. */
export const stateAt = async <State>(rows: Rows, bound: number, topic: Topic): Promise<State | null> => {
  const clock = openClock(rows, bound)
  await clock.watch(topic)
  return clock.state<State>(topic)
}
