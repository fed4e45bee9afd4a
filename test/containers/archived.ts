import { eventually } from '../support/eventually.ts'
import type { Floor } from './floor.ts'

const QUESTION = "select (select count(*) from minutes) || ' ' || (select count(*) from fixes)"

/** Waits until the nodes have written to the floor's PostgreSQL. Returns how much is there, for people. */
export const isArchived = async (floor: Floor): Promise<string> => {
  const ask = ['psql', '-U', 'watchfloor', '-d', 'watchfloor', '-Atc', QUESTION]
  let counts: number[] = []
  const filled = async (): Promise<boolean> => {
    const told = await floor.compose('exec', '-T', 'postgres', ...ask).catch(() => '')
    counts = told.trim().split(' ').map(Number)
    return counts.length === 2 && counts.every((count) => count > 0)
  }
  await eventually('minutes and fixes are in PostgreSQL', filled, { limitMs: 120_000, everyMs: 1000 })
  return `${counts[0]} minutes and ${counts[1]} fixes`
}
