import type { Tuning } from '../../../wire/protocol.ts'
import { SCRATCH, WATCHED } from '../shapes/requests.ts'
import type { Target } from '../surface.ts'
import { converse, type Step } from './connection.ts'
import { textFrame, UPGRADE } from './frames.ts'
import { readConversation } from './messages.ts'

const NAMED = [...SCRATCH.symbols.map((id) => `s:${id}`), ...SCRATCH.devices.map((id) => `d:${id}`), `s:${WATCHED}`]
/** The scratch cells, all of them. */
const VIEW = { west: -179.99, east: -179.9, south: 0.01, north: 0.06 }
const JOINING: Step[] = [{ send: UPGRADE }, { hear: '0{' }, { send: textFrame('40') }, { hear: '40{' }]
/** A node may have to ask Redis some times, a second or two apart. */
const ANSWERED_MS = 30_000

const watchFrame = (id: number, request: object): string => textFrame(`42${id}${JSON.stringify(['watch', request])}`)

/**
 * A client that watches all scratch topics while something is done. What it hears may be nonsense; answers whether it
 * was cut.
 */
export const watchWhile = async (
  { port, from }: Target,
  tuning: Tuning,
  act: () => Promise<void>,
): Promise<boolean> => {
  let acting: Promise<void> | null = null
  const reply = (text: string): string => {
    if (text.includes('431[')) acting ??= act()
    return ''
  }
  const topics = NAMED.map((topic) => ({ topic, ...tuning }))
  const steps = [...JOINING, { send: watchFrame(1, { topics, view: { bounds: VIEW, ...tuning } }) }]
  const heard = await converse({ port, from, steps, reply, done: () => false, quietMs: 150, limitMs: 3000 })
  await (acting ?? act())
  return heard.cut
}

const epochOf = async ({ redis }: Target, topic: string): Promise<string> =>
  String((await redis.hget(`wf:{${topic}}`, 'epoch').catch(() => null)) ?? 'none')

/**
 * Whoever comes afterwards, with a cursor or without, is answered, whatever state the node and Redis are in. Returns
 * what is wrong.
 */
export const watchAfterwards = async (target: Target): Promise<string[]> => {
  const { port, from } = target
  const cursors = await Promise.all(
    NAMED.map(async (topic) => ({ topic, cursor: { epoch: await epochOf(target, topic), seq: 0 } })),
  )
  const asked = [{ topics: cursors }, { topics: NAMED.map((topic) => ({ topic })), view: { bounds: VIEW } }]
  const steps = [...JOINING, ...asked.map((request, place) => ({ send: watchFrame(place, request) }))]
  const done = (text: string): boolean =>
    text.includes('430[') && text.includes('431[') && readConversation(text).answers.size === asked.length
  const { text } = await converse({ port, from, steps, done, quietMs: ANSWERED_MS, limitMs: ANSWERED_MS })
  const { answers, faults } = readConversation(text)
  const lacking = asked.filter((_, place) => answers.get(place)?.length !== 1)
  return [...faults, ...lacking.map(() => 'who watches afterwards gets no answer')]
}
