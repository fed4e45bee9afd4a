import { sql } from 'kysely'
import { SLICE_MS } from '../../wire/past.ts'
import type { Message } from '../../wire/rooms.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Archive, Mark } from '../archive.ts'
import type { Engine } from './engine.ts'
import type { Names } from './names.ts'
import { sliceFrom } from './times.ts'

/** Marks of a piece. */
const MARKS = 1000

const markReader = ({ reader: db }: Engine) =>
  async function* (): AsyncGenerator<Mark[]> {
    let after = ''
    for (;;) {
      const rows = await db
        .selectFrom('marks')
        .selectAll()
        .where('topic', '>', after)
        .orderBy('topic')
        .limit(MARKS)
        .execute()
      if (rows.length === 0) return
      yield rows.map(({ topic, epoch, seq, at }) => ({ topic: topic as Topic, cursor: { epoch, seq }, at }))
      after = rows.at(-1)?.topic ?? ''
    }
  }

type Overall = Pick<Archive, 'begin' | 'edge' | 'slices' | 'complete'> & { marks: () => AsyncGenerator<Mark[]> }

/** Questions about the archive as a whole, and how complete it is. */
export const overallReader = (engine: Engine): Overall => ({
  marks: markReader(engine),
  begin: async () => {
    const row = await engine.reader.selectFrom('slices').select('slice').orderBy('slice').limit(1).executeTakeFirst()
    return row ? row.slice * SLICE_MS : null
  },
  edge: async () => {
    const row = await engine.reader.selectFrom('moments').select('t').where('name', '=', 'edge').executeTakeFirst()
    return row?.t ?? null
  },
  slices: async (from, to) => {
    const query = engine.reader
      .selectFrom('slices')
      .selectAll()
      .where('slice', '>=', sliceFrom(from))
      .where('slice', '<', sliceFrom(to))
    const rows = await query.orderBy('slice').execute()
    const starts = (kind: 'market' | 'fleet'): number[] =>
      rows.filter((row) => row[kind] === 1).map(({ slice }) => slice * SLICE_MS)
    return { market: starts('market'), fleet: starts('fleet') }
  },
  complete: (topic) =>
    engine.reader.transaction().execute(async (db) => {
      const began = await db.selectFrom('began').select('t').where('topic', '=', topic).executeTakeFirst()
      if (!began) return null
      const query = db.selectFrom('gaps').selectAll().where('topic', '=', topic).where('to_t', '>', began.t)
      const gaps = await query.orderBy('from_t').orderBy('to_t').execute()
      return { from: began.t, gaps: gaps.map(({ from_t, to_t, why }) => ({ from: from_t, to: to_t, why })) }
    }),
})

/** Questions about what happened to devices, what they are called, and what people wrote. */
export const otherReader = (
  engine: Engine,
  names: Names,
): Pick<Archive, 'events' | 'eventsOf' | 'messages' | 'devices' | 'symbols'> => ({
  events: async (device, before, limit) => {
    const id = (await names.find(engine.reader, 'd', [device])).get(device)
    if (id === undefined) return []
    const query = engine.reader.selectFrom('events').selectAll().where('device', '=', id).where('at', '<', before)
    const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return rows.map((row) => ({ ...row, device }))
  },
  eventsOf: async (devices, from, to, limit) => {
    const ids = await names.find(engine.reader, 'd', devices)
    if (ids.size === 0 || to <= from) return []
    const nameOf = new Map(Array.from(ids, ([name, id]) => [id, name]))
    const query = engine.reader
      .selectFrom('events')
      .selectAll()
      .where(engine.among('device', [...ids.values()]))
      .where('at', '>=', from)
      .where('at', '<', to)
    const rows = await query.orderBy('at').orderBy('device').orderBy('id').limit(limit).execute()
    return rows.map((row) => ({ ...row, device: nameOf.get(row.device) ?? '' }))
  },
  messages: async (room, before, limit) => {
    const query = engine.reader.selectFrom('messages').select('body').where('room', '=', room).where('t', '<', before)
    const rows = await query.orderBy('t', 'desc').orderBy('n', 'desc').limit(limit).execute()
    return rows.map(({ body }) => JSON.parse(body) as Message).reverse()
  },
  symbols: async () => {
    const rows = await engine.reader.selectFrom('names').select('name').where('kind', '=', 's').execute()
    return rows.map(({ name }) => name).sort()
  },
  devices: async () => {
    const query = engine.reader.selectFrom('devices').innerJoin('names', 'names.id', 'devices.device')
    const columns = ['names.name as id', 'devices.name as name', 'devices.place as group'] as const
    const rows = await query.select(columns).orderBy(sql`names.name`).execute()
    return rows.map(({ id, name, group }) => ({ id, name, group }))
  },
})
