import { type Archive, KEPT, type Kept } from '../archive.ts'
import type { Engine } from './engine.ts'
import type { Table } from './schema.ts'

const TABLES: Record<Kept, readonly Table[]> = {
  trades: ['trades'],
  minutes: ['minutes'],
  candles: ['hours', 'days'],
  fixes: ['fixes'],
  events: ['events'],
  messages: ['messages'],
  record: ['record'],
}

/** What is there only to find such rows. */
const BESIDES: Partial<Record<Kept, readonly Table[]>> = { minutes: ['seen'], fixes: ['stays'] }

/** Counts rows and bytes, which takes seconds where there are many millions. */
export const readSize = async (engine: Engine): ReturnType<Archive['size']> => {
  const [rows, bytesOf] = [{} as Record<Kept, number>, {} as Record<Kept, number>]
  const bytes = await engine.bytesOf(engine.reader)
  for (const kind of KEPT) {
    rows[kind] = 0
    for (const table of TABLES[kind]) rows[kind] += await engine.count(engine.reader, table)
    const all = [...TABLES[kind], ...(BESIDES[kind] ?? [])]
    bytesOf[kind] = all.reduce((sum, table) => sum + (bytes.get(table) ?? 0), 0)
  }
  return { rows, bytes: await engine.bytes(engine.reader), bytesOf }
}
