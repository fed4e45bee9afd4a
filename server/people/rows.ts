import { z } from 'zod'
import {
  type Invitation,
  type PersonEntry,
  RECORDED,
  type RecordEntry,
  type RecordedAct,
  type Share,
  type Shown,
} from '../../wire/people.ts'
import { readJson } from '../kinds/shapes.ts'

/** Fields of a hash, as Redis has them. */
export type Hash = Record<string, string>
/** Told of a text that nobody here wrote. */
export type Strange = (text: string) => void

const text = z.string()
const time = z.number()
const bounds = z.object({ west: time, south: time, east: time, north: time })
const invitationRow = z.object({ id: text, person: text, name: text, grants: text, until: time, by: text, made: time })
const shareRow = z.object({
  id: text,
  by: text,
  show: z.looseObject({ kind: z.enum(['symbol', 'device', 'view', 'layout']) }),
  name: text,
  made: time,
  until: time,
  ends: bounds.nullable(),
})
const personRow = z.object({ id: text, name: text })

/** A row is a field whose value is an object; what happened to it lies in fields beside it. */
const isRow = (value: string): boolean => value.startsWith('{')

const rowsOf = <Row, Made>(hash: Hash, shape: z.ZodType<Row>, strange: Strange, make: (row: Row) => Made): Made[] =>
  Object.values(hash)
    .filter(isRow)
    .flatMap((value) => {
      const row = readJson(shape, value)
      if (row === null) strange(value)
      return row === null ? [] : [make(row)]
    })

export const invitationsIn = (hash: Hash, strange: Strange): Invitation[] =>
  rowsOf(hash, invitationRow, strange, (row) => {
    const used = hash[`${row.id}:used`]
    return { ...row, used: used ? Number(used) : null, revoked: `${row.id}:revoked` in hash }
  })

export const sharesIn = (hash: Hash, strange: Strange): Share[] =>
  rowsOf(hash, shareRow, strange, (row) => ({
    ...row,
    show: row.show as unknown as Shown,
    opened: Number(hash[`${row.id}:opened`] ?? 0),
    revoked: `${row.id}:revoked` in hash,
  }))

export const peopleIn = (hash: Hash, strange: Strange): PersonEntry[] => rowsOf(hash, personRow, strange, (row) => row)

/** A share that ends where its device arrives. */
export type Arrival = { id: string; device: string; made: number; until: number; ends: z.infer<typeof bounds> }
const arrivalRow = z.object({ id: text, device: text, made: time, until: time, ends: bounds })
export const arrivalsIn = (hash: Hash, strange: Strange): Arrival[] => rowsOf(hash, arrivalRow, strange, (row) => row)

const isAct = (what: string | undefined): what is RecordedAct => RECORDED.some((act) => act === what)

/** A line of the record as Redis has it; null where it is none. */
export const recordEntry = ([id, fields]: [id: string, fields: string[]]): RecordEntry | null => {
  const of: Record<string, string | undefined> = {}
  for (let i = 0; i + 1 < fields.length; i += 2) of[fields[i] ?? ''] = fields[i + 1]
  const { who = '', what, about = '' } = of
  const [n, t] = [Number.parseInt(id, 10), Number(of.t)]
  if (Number.isNaN(n) || Number.isNaN(t) || !isAct(what)) return null
  return { n, t, who, what, about }
}
