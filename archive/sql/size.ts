import type { Archive, Kept } from '../archive.ts'
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

/** Counts rows, which takes seconds where there are many millions. */
export const readSize = async (engine: Engine): ReturnType<Archive['size']> => {
  const rows: Record<string, number> = {}
  for (const [kind, tables] of Object.entries(TABLES)) {
    let sum = 0
    for (const table of tables) sum += await engine.count(engine.reader, table)
    rows[kind] = sum
  }
  return { rows: rows as Record<Kept, number>, bytes: await engine.bytes(engine.reader) }
}
