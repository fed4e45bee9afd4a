import type { Cursor } from '../../wire/protocol.ts'
import { type Topic, topicKey } from '../../wire/topics.ts'
import { serverKindOf } from '../kinds/kinds.ts'
import { readJson } from '../kinds/shapes.ts'
import { type PullPorts, readEach } from './pull.ts'

/** An update that a log holds. `at`: when Redis took it (Unix ms). */
export type Logged<Body> = { at: number; body: Body }
/** Updates after a cursor, oldest first. */
export type Page<Body> = { updates: Logged<Body>[]; cursor: Cursor; more: boolean }

type Entry = [id: string, fields: [name: string, text: string]]
type Ports = Pick<PullPorts, 'ask' | 'unreadable' | 'rest'>

/** Updates of one page. Each may hold 200 items. */
const MOST = 200
/** What a log always keeps (server/redis/library/1-topic.lua); one that is shorter was never cut. */
const MOST_UPDATES = 1000

const HEAD = /^\{"topic":"[^"]*","epoch":"([^"]*)","seq":\d+,"at":([\d.]+),/
const numberOf = ([id]: Entry): number => Number.parseInt(id, 10)

/**
 * The updates of a topic that came after its mark, as many as one page holds; null where the log may have lost some of
 * them, or they are of another life of the counter. `now`: where the topic stood before this. `dense`: its log has every
 * number, but lasts for a day only.
 */
export const readLog = async <Body>(
  ports: Ports,
  topic: Topic,
  mark: Cursor | null,
  now: Cursor,
  dense: boolean,
): Promise<Page<Body> | null> => {
  if (mark === null || mark.epoch !== now.epoch || mark.seq > now.seq) return null
  const key = logOf(topic)
  const entries = await readFrom(ports, key, mark.seq + 1)
  const [first] = entries
  const follows = first !== undefined && numberOf(first) === mark.seq + 1
  if (!follows && (dense || !(await reachesBackTo(ports, key, mark.seq + 1)))) return null
  const updates = await readEach(ports, entries, (entry) => updateOf<Body>(ports, topic, entry))
  if (updates.some(({ epoch }) => epoch !== now.epoch)) return null
  const more = entries.length === MOST
  const last = entries.at(-1)
  const reached = last ? numberOf(last) : mark.seq
  return { updates, more, cursor: { epoch: now.epoch, seq: more ? reached : Math.max(reached, now.seq) } }
}

/** All updates that a log holds, of whatever life, and whether it may have lost some from number `from` on. */
export const readWholeLog = async <Body>(
  ports: Ports,
  topic: Topic,
  from: number,
): Promise<{ updates: Logged<Body>[]; isWhole: boolean }> => {
  const key = logOf(topic)
  const updates: Logged<Body>[] = []
  let next = 0
  let first = Number.POSITIVE_INFINITY
  for (;;) {
    const entries = await readFrom(ports, key, next)
    const [oldest] = entries
    if (oldest) first = Math.min(first, numberOf(oldest))
    updates.push(...(await readEach(ports, entries, (entry) => updateOf<Body>(ports, topic, entry))))
    const last = entries.at(-1)
    if (entries.length < MOST || last === undefined) break
    next = numberOf(last) + 1
  }
  return { updates, isWhole: first <= from || (await reachesBackTo(ports, key, from)) }
}

const logOf = (topic: Topic): string => `${topicKey(topic)}:${serverKindOf(topic).log}`

const readFrom = async ({ ask }: Ports, key: string, from: number): Promise<Entry[]> =>
  (await ask(key, 'xrange', from, '+', 'COUNT', MOST)) as Entry[]

/** Whether a log has dropped nothing from number `from` on. */
const reachesBackTo = async ({ ask }: Ports, key: string, from: number): Promise<boolean> => {
  const [oldest, length] = await Promise.all([ask(key, 'xrange', '-', '+', 'COUNT', 1), ask(key, 'xlen')])
  const [first] = oldest as Entry[]
  return Number(length) < MOST_UPDATES || (first !== undefined && numberOf(first) <= from)
}

const updateOf = <Body>(
  { unreadable }: Ports,
  topic: Topic,
  [, [, text = '']]: Entry,
): (Logged<Body> & { epoch: string })[] => {
  const [, epoch, at] = HEAD.exec(text) ?? []
  const { isUpdate, update } = serverKindOf(topic)
  const body = isUpdate.test(text) ? JSON.parse(text) : readJson(update.shape, text)
  if (epoch !== undefined && body !== null) return [{ epoch, at: Math.floor(Number(at)), body: body as Body }]
  unreadable(logOf(topic), `holds ${text.slice(0, 100)}`)
  return []
}
