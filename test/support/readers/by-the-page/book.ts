import type { Cursor, Segment } from '../../../../docs/client.ts'
import type { FleetMap } from './map.ts'
import type { Subject } from './order.ts'

export type Tuning = { mode?: 'every' | 'latest'; rate?: number }
export type Bounds = { west: number; south: number; east: number; north: number }
export type Wants = { subjects: readonly Subject[]; tuning?: Tuning; view?: { bounds: Bounds; map: FleetMap } }

type Result = {
  topic: string
  kind: 'current' | 'replay' | 'snapshot' | 'error'
  cursor: Cursor
  updates?: Segment[]
  snapshot?: unknown
  error?: { code: string }
}
export type Reply = { results: Result[]; view?: { cells?: string[] } }

/** Stands for the view among the topics that are asked for. */
const VIEW = 'view'
const isCell = (topic: string): boolean => topic.startsWith('c:')

/**
 * What is watched, where it stands, and what is held until an answer comes. `ask` is called where a topic has to be
 * asked for again.
 */
export const createBook = ({ subjects, tuning = {}, view }: Wants, ask: (topic: string) => void) => {
  const watched = new Map(subjects.map((subject) => [subject.topic, subject]))
  const held = new Map<string, Segment[]>()
  const answers: string[] = []
  let asking = false

  const hear = (segment: Segment): void => {
    const { topic, epoch, seq, snapshot } = segment
    const subject = watched.get(topic)
    const waiting = held.get(topic)
    if (waiting) waiting.push(segment)
    else if (subject && snapshot !== undefined) subject.begin({ epoch, seq }, snapshot)
    else if (subject && !subject.take(segment)) ask(topic)
    // The cells of a view are known by its answer only.
    else if (!subject && asking) held.set(topic, [segment])
  }

  const settle = ({ topic, kind, cursor, updates = [], snapshot, error }: Result): void => {
    const subject = watched.get(topic)
    const waiting = held.get(topic) ?? []
    held.delete(topic)
    answers.push(`${kind} ${topic}`)
    if (kind === 'error') throw new Error(`${topic}: ${error?.code}`)
    if (kind === 'snapshot') subject?.begin(cursor, snapshot)
    updates.forEach(hear)
    if (waiting.some(({ epoch }) => epoch !== cursor.epoch)) ask(topic)
    else for (const segment of waiting) if (segment.seq > cursor.seq) hear(segment)
  }

  const cover = (cells: readonly string[]): void => {
    for (const topic of watched.keys()) if (isCell(topic)) watched.delete(topic)
    for (const subject of view?.map.cover(cells) ?? []) watched.set(subject.topic, subject)
  }

  /** The message that asks for topics, which are held from now on. */
  const request = (topics: readonly string[]): object => {
    asking = true
    for (const topic of topics) held.set(topic, held.get(topic) ?? [])
    const from = (topic: string): Cursor | undefined => watched.get(topic)?.asksFrom() ?? undefined
    const named = topics.filter((topic) => !isCell(topic) && topic !== VIEW)
    const cells = topics.filter(isCell)
    const cursors = Object.fromEntries(cells.map((topic) => [topic, from(topic) ?? { epoch: '', seq: 0 }]))
    return {
      topics: named.map((topic) => ({ topic, cursor: from(topic), ...tuning })),
      ...(view && named.length < topics.length && { view: { bounds: view.bounds, cursors, ...tuning } }),
    }
  }

  const take = ({ results, view: viewed }: Reply): void => {
    asking = false
    if (viewed?.cells) cover(viewed.cells)
    results.forEach(settle)
  }

  const compare = (seqs: Record<string, Cursor>): void => {
    for (const [topic, { epoch, seq }] of Object.entries(seqs)) {
      const own = watched.get(topic)?.stands()
      if (own && !held.has(topic) && (own.epoch !== epoch || own.seq < seq)) ask(topic)
    }
  }

  return {
    hear,
    request,
    take,
    compare,
    /** How topics were answered: `snapshot s:ACME`. */
    answers,
    /** Nothing of the old connection matters; answers all that is to be asked for by the new one. */
    startOver: (): string[] => {
      asking = false
      held.clear()
      return [...watched.keys(), ...(view ? [VIEW] : [])]
    },
  }
}
