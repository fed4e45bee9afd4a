import protobuf from 'protobufjs'

/** The names and numbers of GTFS-realtime 2.0, as far as vehicle positions go, for a reader and writer that is not ours. */
const SCHEMA = `
  syntax = "proto2";
  message FeedMessage { required FeedHeader header = 1; repeated FeedEntity entity = 2; }
  message FeedHeader {
    enum Incrementality { FULL_DATASET = 0; DIFFERENTIAL = 1; }
    required string gtfs_realtime_version = 1;
    optional Incrementality incrementality = 2;
    optional uint64 timestamp = 3;
  }
  message FeedEntity {
    required string id = 1;
    optional bool is_deleted = 2;
    optional bytes trip_update = 3;
    optional VehiclePosition vehicle = 4;
  }
  message VehiclePosition {
    enum VehicleStopStatus { INCOMING_AT = 0; STOPPED_AT = 1; IN_TRANSIT_TO = 2; }
    enum OccupancyStatus {
      EMPTY = 0; MANY_SEATS_AVAILABLE = 1; FEW_SEATS_AVAILABLE = 2; STANDING_ROOM_ONLY = 3;
      CRUSHED_STANDING_ROOM_ONLY = 4; FULL = 5; NOT_ACCEPTING_PASSENGERS = 6; NO_DATA_AVAILABLE = 7; NOT_BOARDABLE = 8;
    }
    optional TripDescriptor trip = 1;
    optional Position position = 2;
    optional uint32 current_stop_sequence = 3;
    optional VehicleStopStatus current_status = 4;
    optional uint64 timestamp = 5;
    optional uint32 congestion_level = 6;
    optional string stop_id = 7;
    optional VehicleDescriptor vehicle = 8;
    optional OccupancyStatus occupancy_status = 9;
    optional uint32 occupancy_percentage = 10;
  }
  message TripDescriptor {
    enum ScheduleRelationship { SCHEDULED = 0; ADDED = 1; UNSCHEDULED = 2; CANCELED = 3; }
    optional string trip_id = 1;
    optional string start_time = 2;
    optional string start_date = 3;
    optional ScheduleRelationship schedule_relationship = 4;
    optional string route_id = 5;
    optional uint32 direction_id = 6;
  }
  message Position {
    required float latitude = 1;
    required float longitude = 2;
    optional float bearing = 3;
    optional double odometer = 4;
    optional float speed = 5;
  }
  message VehicleDescriptor { optional string id = 1; optional string label = 2; optional string license_plate = 3; }
`

const FeedMessage = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('FeedMessage')

/** A vehicle as GTFS-realtime has it. */
export type TestVehicle = {
  trip?: {
    trip_id?: string
    route_id?: string
    start_date?: string
    start_time?: string
    schedule_relationship?: string
    direction_id?: number
  }
  position?: { latitude: number; longitude: number; bearing?: number; odometer?: number; speed?: number }
  current_stop_sequence?: number
  current_status?: string
  timestamp?: number
  stop_id?: string
  vehicle?: { id?: string; label?: string; license_plate?: string }
  occupancy_status?: string
  occupancy_percentage?: number
}
export type TestFeed = {
  header: { gtfs_realtime_version: string; incrementality?: string; timestamp?: number }
  entity: { id: string; is_deleted?: boolean; trip_update?: Uint8Array; vehicle?: TestVehicle }[]
}

export const writeFeed = (feed: TestFeed): Uint8Array => FeedMessage.encode(FeedMessage.fromObject(feed)).finish()

/** Reads a feed; throws where it is none. Enums are their names, and what is not there is left out. */
export const decodeFeed = (bytes: Uint8Array): TestFeed =>
  FeedMessage.toObject(FeedMessage.decode(bytes), { enums: String, longs: Number, arrays: true }) as TestFeed
