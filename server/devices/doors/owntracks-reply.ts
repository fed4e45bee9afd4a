import type { Sent } from '../../../wire/commands.ts'
import type { Colleague } from '../colleagues.ts'

/** A place that a phone was sent to is reached within so many metres. */
const NEAR_M = 100
const PLACE = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/

/** By this the app names a place that it was given, in Unix seconds: the same each time the command is sent. */
export const placeTime = ({ until }: Pick<Sent, 'until'>): number => Math.floor(until / 1000)

const waypoint = (sent: Sent): object | null => {
  const { place, note } = sent.args
  const [, lat, lon] = PLACE.exec(String(place)) ?? []
  if (lat === undefined || lon === undefined) return null
  const desc = typeof note === 'string' && note !== '' ? note : 'Destination'
  return { _type: 'waypoint', desc, lat: Number(lat), lon: Number(lon), rad: NEAR_M, tst: placeTime(sent) }
}

/** A command as OwnTracks takes it; null where it knows none like it. */
export const messageOf = (sent: Sent): object | null => {
  const { kind, args } = sent
  const cmd = (action: string, more: object = {}) => ({ _type: 'cmd', action, ...more })
  if (kind === 'report_now') return cmd('reportLocation')
  if (kind === 'report_every' && typeof args.seconds === 'number') {
    const every = { locatorInterval: args.seconds, moveModeLocatorInterval: args.seconds }
    return cmd('setConfiguration', { configuration: { _type: 'configuration', ...every } })
  }
  if (kind !== 'go_to') return null
  const place = waypoint(sent)
  return place && cmd('setWaypoints', { waypoints: { _type: 'waypoints', waypoints: [place] } })
}

/** Where a colleague is, and what they are called. */
export const messagesAbout = ({ tag, name, last }: Colleague): object[] => {
  const { lat, lon, t, speed, heading, battery, readings } = last
  const location = {
    ...{ _type: 'location', tid: tag, lat, lon, tst: Math.floor(t / 1000) },
    ...(speed !== undefined && { vel: Math.round(speed * 3.6) }),
    ...(heading !== undefined && { cog: Math.round(heading) }),
    ...(battery !== undefined && { batt: Math.round(battery * 100) }),
    ...(readings?.accuracy !== undefined && { acc: Math.round(readings.accuracy) }),
  }
  return [location, { _type: 'card', tid: tag, name }]
}
