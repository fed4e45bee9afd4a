import { PbfReader } from 'pbf'
import {
  ENTITY,
  FEED,
  type FeedVehicle,
  HEADER,
  POSITION,
  TRIP,
  VEHICLE,
  VEHICLE_POSITION,
} from '../../../formats/gtfs-realtime.ts'

/** Ways in which protocol buffers write a value. */
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5] as const

/** Reads one field into what is made of its message. One that is written in another way than it should be is skipped. */
type Field<T> = { type: number; read: (into: T, pbf: PbfReader) => void }
type Fields<T> = Readonly<Record<number, Field<T>>>

const readWith =
  <T>(fields: Fields<T>) =>
  (tag: number, into: T, pbf: PbfReader): void => {
    const field = fields[tag]
    if (field !== undefined && field.type === pbf.type) field.read(into, pbf)
  }

/** The names of an object's values of one type. */
type Names<T, V> = { [K in keyof T]-?: V extends T[K] ? K : never }[keyof T]

const valueAs =
  <V>(type: number, value: (pbf: PbfReader) => V) =>
  <T>(name: Names<T, V>): Field<T> => ({
    type,
    read: (into, pbf) => {
      into[name] = value(pbf) as T[Names<T, V>]
    },
  })
const text = valueAs(BYTES, (pbf) => pbf.readString())
const whole = valueAs(VARINT, (pbf) => pbf.readVarint())
const float = valueAs(FIXED32, (pbf) => pbf.readFloat())
const double = valueAs(FIXED64, (pbf) => pbf.readDouble())
/** A message whose fields count as those of the one around it. */
const inside = <T>(fields: Fields<T>): Field<T> => ({
  type: BYTES,
  read: (into, pbf) => pbf.readMessage(readWith(fields), into),
})

type Read = FeedVehicle & { isDeleted: number; isVehicle: boolean }

const TRIP_FIELDS: Fields<Read> = {
  [TRIP.id]: text('trip'),
  [TRIP.startTime]: text('startTime'),
  [TRIP.startDate]: text('startDate'),
  [TRIP.schedule]: whole('schedule'),
  [TRIP.route]: text('route'),
  [TRIP.direction]: whole('direction'),
}
const POSITION_FIELDS: Fields<Read> = {
  [POSITION.lat]: float('lat'),
  [POSITION.lon]: float('lon'),
  [POSITION.bearing]: float('bearing'),
  [POSITION.odometer]: double('odometer'),
  [POSITION.speed]: float('speed'),
}
const VEHICLE_FIELDS: Fields<Read> = {
  [VEHICLE.id]: text('id'),
  [VEHICLE.label]: text('label'),
  [VEHICLE.plate]: text('plate'),
}
const VEHICLE_POSITION_FIELDS: Fields<Read> = {
  [VEHICLE_POSITION.trip]: inside(TRIP_FIELDS),
  [VEHICLE_POSITION.position]: inside(POSITION_FIELDS),
  [VEHICLE_POSITION.stopSequence]: whole('stopSequence'),
  [VEHICLE_POSITION.status]: whole('status'),
  [VEHICLE_POSITION.timestamp]: whole('timestamp'),
  [VEHICLE_POSITION.stop]: text('stop'),
  [VEHICLE_POSITION.vehicle]: inside(VEHICLE_FIELDS),
  [VEHICLE_POSITION.occupancy]: whole('occupancy'),
  [VEHICLE_POSITION.occupancyPercent]: whole('occupancyPercent'),
}
const ENTITY_FIELDS: Fields<Read> = {
  [ENTITY.id]: text('entity'),
  [ENTITY.isDeleted]: whole('isDeleted'),
  [ENTITY.vehicle]: {
    type: BYTES,
    read: (into, pbf) => {
      into.isVehicle = true
      pbf.readMessage(readWith(VEHICLE_POSITION_FIELDS), into)
    },
  },
}

/** A feed: when it was made (Unix seconds, 0 where it does not say), and its entities, which are still to be read. */
export type Feed = { timestamp: number; entities: Uint8Array[] }

/** Entities of one feed, whatever they tell. */
export const MOST_ENTITIES = 100_000

const FEED_FIELDS: Fields<Feed> = {
  [FEED.header]: inside({ [HEADER.timestamp]: whole<Feed>('timestamp') }),
  [FEED.entity]: {
    type: BYTES,
    read: ({ entities }, pbf) => {
      if (entities.length >= MOST_ENTITIES) throw new Error('it has too many entities')
      entities.push(pbf.readBytes())
    },
  },
}

/** Reads what is one message from its first byte to its last; null where it is none. */
const readWhole = <T>(bytes: Uint8Array, fields: Fields<T>, into: T): T | null => {
  const pbf = new PbfReader(bytes)
  try {
    pbf.readFields(readWith(fields), into)
  } catch {
    return null
  }
  return pbf.pos === bytes.length ? into : null
}

/** Takes a feed apart into its entities; null where it is no feed, or has too many. */
export const readFeed = (bytes: Uint8Array): Feed | null =>
  readWhole(bytes, FEED_FIELDS, { timestamp: 0, entities: [] })

/** Reads an entity. Undefined: it tells of no vehicle; null: it cannot be read. */
export const readVehicle = (bytes: Uint8Array): FeedVehicle | null | undefined => {
  const read = readWhole<Read>(bytes, ENTITY_FIELDS, { entity: '', timestamp: 0, isDeleted: 0, isVehicle: false })
  if (read === null) return null
  const { isDeleted, isVehicle, ...vehicle } = read
  return isVehicle && isDeleted === 0 ? vehicle : undefined
}
