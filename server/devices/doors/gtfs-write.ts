import { PbfWriter } from 'pbf'
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

const VERSION = '2.0'
const FULL_DATASET = 0

type Value = string | number | undefined

const text = (pbf: PbfWriter, tag: number, value: string | undefined): void => {
  if (value !== undefined && value !== '') pbf.writeStringField(tag, value)
}
const whole = (pbf: PbfWriter, tag: number, value: number | undefined): void => {
  if (value !== undefined) pbf.writeVarintField(tag, value)
}
const float = (pbf: PbfWriter, tag: number, value: number | undefined): void => {
  if (value !== undefined) pbf.writeFloatField(tag, value)
}
const isAnyTold = (...values: readonly Value[]): boolean => values.some((value) => value !== undefined && value !== '')

const writeTrip = ({ trip, startTime, startDate, schedule, route, direction }: FeedVehicle, pbf: PbfWriter): void => {
  text(pbf, TRIP.id, trip)
  text(pbf, TRIP.startTime, startTime)
  text(pbf, TRIP.startDate, startDate)
  whole(pbf, TRIP.schedule, schedule)
  text(pbf, TRIP.route, route)
  whole(pbf, TRIP.direction, direction)
}

const writePosition = ({ lat = 0, lon = 0, bearing, odometer, speed }: FeedVehicle, pbf: PbfWriter): void => {
  pbf.writeFloatField(POSITION.lat, lat)
  pbf.writeFloatField(POSITION.lon, lon)
  float(pbf, POSITION.bearing, bearing)
  if (odometer !== undefined) pbf.writeDoubleField(POSITION.odometer, odometer)
  float(pbf, POSITION.speed, speed)
}

const writeVehicle = ({ id, label, plate }: FeedVehicle, pbf: PbfWriter): void => {
  text(pbf, VEHICLE.id, id)
  text(pbf, VEHICLE.label, label)
  text(pbf, VEHICLE.plate, plate)
}

const writeVehiclePosition = (vehicle: FeedVehicle, pbf: PbfWriter): void => {
  const { trip, route, stopSequence, status, timestamp, stop, occupancy, occupancyPercent } = vehicle
  if (isAnyTold(trip, route)) pbf.writeMessage(VEHICLE_POSITION.trip, writeTrip, vehicle)
  pbf.writeMessage(VEHICLE_POSITION.position, writePosition, vehicle)
  whole(pbf, VEHICLE_POSITION.stopSequence, stopSequence)
  whole(pbf, VEHICLE_POSITION.status, status)
  whole(pbf, VEHICLE_POSITION.timestamp, timestamp)
  text(pbf, VEHICLE_POSITION.stop, stop)
  pbf.writeMessage(VEHICLE_POSITION.vehicle, writeVehicle, vehicle)
  whole(pbf, VEHICLE_POSITION.occupancy, occupancy)
  whole(pbf, VEHICLE_POSITION.occupancyPercent, occupancyPercent)
}

const writeEntity = (vehicle: FeedVehicle, pbf: PbfWriter): void => {
  pbf.writeStringField(ENTITY.id, vehicle.entity)
  pbf.writeMessage(ENTITY.vehicle, writeVehiclePosition, vehicle)
}

const writeHeader = (timestamp: number, pbf: PbfWriter): void => {
  pbf.writeStringField(HEADER.version, VERSION)
  pbf.writeVarintField(HEADER.incrementality, FULL_DATASET)
  pbf.writeVarintField(HEADER.timestamp, timestamp)
}

/** Writes a feed of vehicle positions, made at a time (Unix seconds); vehicles are added some at a time. */
export const createFeedWriter = (timestamp: number) => {
  const pbf = new PbfWriter()
  pbf.writeMessage(FEED.header, writeHeader, timestamp)
  return {
    add: (vehicles: readonly FeedVehicle[]): void => {
      for (const vehicle of vehicles) pbf.writeMessage(FEED.entity, writeEntity, vehicle)
    },
    finish: (): Uint8Array => pbf.finish(),
  }
}
