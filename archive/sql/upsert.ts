import { COLUMNS, KEYS, type WithColumns } from './columns.ts'
import type { Insert } from './engine.ts'

const key = (table: WithColumns): string => `(${KEYS[table].join(', ')})`

/** What is there stays as it is. */
export const unlessThere = (table: WithColumns): Insert => ({ table, conflict: `${key(table)} do nothing` })

/**
 * What is there is replaced, where `when` holds. There `excluded.x` is of the new row, `TABLE.x` of the one that is
 * there. `special`: columns that become something else.
 */
export const replacing = (table: WithColumns, when: string, special: Record<string, string> = {}): Insert => {
  const columns = COLUMNS[table].map(({ name }) => name).filter((name) => !KEYS[table].includes(name))
  const changes = columns.map((name) => `${name} = ${special[name] ?? `excluded.${name}`}`)
  return { table, conflict: `${key(table)} do update set ${changes.join(', ')} where ${when}` }
}
