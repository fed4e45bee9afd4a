import type { Registry } from 'prom-client'
import { ROWS } from '../archive/batches.ts'
import type { CountRows } from '../archive/writing.ts'
import { slots } from './slots.ts'

/** Counts what is written to the archive. */
export const countArchived = (registry: Registry): { archived: CountRows } => {
  const rows = slots(registry, {
    name: 'watchfloor_archive_rows_total',
    help: 'Rows that this node wrote to the archive, by their kind',
    label: 'kind',
    values: ROWS,
  })
  return {
    archived: (kind, count) => {
      rows[kind].n += count
    },
  }
}
