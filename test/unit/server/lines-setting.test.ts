import { expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { secretsOfUrl } from '../../../server/log.ts'

test('lines are off unless they are set', () => {
  expect(readConfig({ NMEA_PORT: '', MQTT_URL: '' })).toMatchObject({ GTFS_EVERY_S: 15, GTFS_GROUP: 'transit' })
  const { NMEA_PORT, MQTT_URL, GTFS_URL } = readConfig({})
  expect([NMEA_PORT, MQTT_URL, GTFS_URL]).toEqual([undefined, undefined, undefined])
})

test.each([
  ['MQTT_URL', 'http://user:hidden@broker.example', 'mqtt://user:password@broker.example:1883'],
  ['MQTT_URL', 'mqtt:hidden@', 'mqtt://user:password@broker.example:1883'],
  ['GTFS_URL', 'ftp://agency.example/?key=hidden', 'https://agency.example/vehicle-positions.pb'],
  ['GTFS_GROUP', 'City Buses', 'a group'],
  ['NMEA_PORT', '0', 'NMEA_PORT=0'],
])('%s=%s is refused, without showing what may be secret', (name, value, remedy) => {
  const read = () => readConfig({ [name]: value })
  expect(read).toThrow(remedy)
  expect(read).not.toThrow(/hidden/)
})

test('what the log must not show of an address', () => {
  expect(secretsOfUrl('mqtt://floor:p%40ss@broker.example')).toEqual(['p@ss'])
  expect(secretsOfUrl('https://agency.example/feed?key=1234')).toEqual(['key=1234'])
  expect([secretsOfUrl('mqtt://broker.example'), secretsOfUrl(undefined), secretsOfUrl('nonsense')]).toEqual([
    [],
    [],
    [],
  ])
})
