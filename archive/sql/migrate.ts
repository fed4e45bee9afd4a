import { sql } from 'kysely'
import { COLUMNS, KEYS, type WithColumns } from './columns.ts'
import { type Db, type Engine, Unfit } from './engine.ts'

/** The schema as it was first: all tables. When columns.ts changes, this writes out what it had before. */
const first = (engine: Engine): string[] => [
  engine.createNames,
  ...(Object.keys(COLUMNS) as WithColumns[]).map((name) =>
    engine.create({ name, columns: COLUMNS[name], key: KEYS[name] }),
  ),
  'create index stays_slice on stays (slice)',
  'create index events_at on events (at)',
  'create index events_device on events (device, at)',
  'create index messages_t on messages (t)',
]

/** The statements that make each version of the schema out of the one before. Forwards only. */
const VERSIONS: readonly ((engine: Engine) => string[])[] = [first]

const version = async (db: Db): Promise<number> => {
  await sql`create table if not exists schema (version integer not null)`.execute(db)
  const { rows } = await sql<{ version: number }>`select version from schema`.execute(db)
  return rows[0]?.version ?? 0
}

/** Brings the schema to the version that this program knows. Throws {@link Unfit} where it is a newer one already. */
export const migrate = (engine: Engine): Promise<void> =>
  engine.writer.transaction().execute(async (tx) => {
    await engine.check(tx)
    await engine.lock(tx)
    const found = await version(tx)
    const known = VERSIONS.length
    if (found > known)
      throw new Unfit(`a newer Watchfloor made it (schema ${found}, this one knows ${known}): run that one, or newer`)
    if (found === known) return
    for (const make of VERSIONS.slice(found)) {
      for (const statement of make(engine)) await sql.raw(statement).execute(tx)
    }
    await sql`delete from schema`.execute(tx)
    await sql`insert into schema (version) values (${sql.lit(known)})`.execute(tx)
  })
