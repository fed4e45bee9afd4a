import { MOST_REPORTED, type Report, type ReportedFix } from '../../../wire/devices.ts'
import { accuracyOf, atLeast0, type DoorError, fromKmh, fromPercent, known, reportOf, wrong } from './told.ts'
import { numberIn, objectOf, parseJson, together, valuesOf } from './traccar.ts'

type Fields = Record<string, unknown>

/**
 * What a phone with OwnTracks said. `topic`: where it publishes, which names it. `report` null: it said nothing itself
 * (a broker tells that it is gone). `isReply`: it answers a question for where it is. `entered`: places that it came
 * to, by the times (Unix seconds) that they were given when they were set up.
 */
export type OwnTracks = { topic: string | null; report: Report | null; isReply: boolean; entered: number[] }

export const ENCRYPTED =
  'The message is encrypted: take the encryption key out of the app, https protects what it sends.'

/** Commands that OwnTracks can be given. */
export const OWNTRACKS_TAKES = ['report_now', 'report_every', 'go_to']

/** What OwnTracks sends, over HTTP or by a broker: one message, or an array of them. An empty one says that it is there. */
export const readOwnTracks = (text: string): OwnTracks | DoorError => {
  const parsed = text.trim() === '' ? {} : parseJson(text)
  const all = (Array.isArray(parsed) ? parsed : [parsed]).map(objectOf)
  if (all.length > MOST_REPORTED) return wrong(`An array has at most ${MOST_REPORTED} messages.`)
  const messages: OwnTracks[] = []
  for (const fields of all) {
    if (fields === null) return wrong('The body is not JSON, or no message of OwnTracks.')
    if (fields._type === 'encrypted') return wrong(ENCRYPTED)
    messages.push(readMessage(fields))
  }
  const reports = messages.flatMap(({ report }) => report ?? [])
  return {
    topic: messages.find(({ topic }) => topic !== null)?.topic ?? null,
    report: reports.length > 0 || messages.length === 0 ? together(reports) : null,
    isReply: messages.some(({ isReply }) => isReply),
    entered: messages.flatMap(({ entered }) => entered),
  }
}

/**
 * The id of a device by the topic at which it publishes: `owntracks/ann/phone` and `owntracks/ann/phone/event` are of
 * `ann/phone`. Null where it names none.
 */
export const ownTracksId = (topic: string): string | null => {
  const [, user, device] = topic.replace(/^\//, '').split('/')
  if (!user) return null
  return device ? `${user}/${device}` : user
}

/** Whatever else it sends shows that it is there: a message that was refused would be sent again for ever. */
const reportIn = (fields: Fields): Report | null => {
  const { _type: type, event, desc } = fields
  if (type === 'location') return readLocation(fields)
  if (type === 'transition') return withAttributes({ event, region: desc })
  // The one a broker says of a phone that has lost its connection, the other somebody says to the phone.
  return type === 'lwt' || type === 'cmd' ? null : {}
}

const readMessage = (fields: Fields): OwnTracks => {
  const { _type: type, topic, t: trigger, event, wtst } = fields
  const set = type === 'transition' && event === 'enter' ? numberIn(wtst) : undefined
  return {
    topic: typeof topic === 'string' ? topic : null,
    report: reportIn(fields),
    isReply: type === 'location' && trigger === 'r',
    entered: set === undefined ? [] : [set],
  }
}

const withAttributes = (fields: Fields): Report => reportOf(null, { battery: undefined, told: valuesOf(fields) })

/** Fields of a location that mean something here, or that are new each time and say nothing. */
const OWN = [
  ...['_type', '_id', 'topic', 'lat', 'lon', 'tst', 'created_at', 'vel', 'cog', 'acc', 'vac', 'alt', 'batt', 'bs', 'p'],
  ...['t', 'm', 'image', 'imagename'],
]

const readLocation = (fields: Fields): Report => {
  const { acc, vac, alt, p, batt, bs, inregions } = fields
  const measured = known({
    accuracy: accuracyOf(numberIn(acc)),
    altitude: numberIn(alt),
    vertical_accuracy: accuracyOf(numberIn(vac)),
    pressure: numberIn(p),
    charging: chargingOf(bs),
  })
  const regions = Array.isArray(inregions) ? inregions.filter((name) => typeof name === 'string').join(', ') : ''
  return reportOf(fixOf(fields), {
    battery: fromPercent(numberIn(batt)),
    parked: isParked(fields),
    told: [...Object.entries(measured), ...valuesOf(fields, OWN), ...valuesOf({ inregions: regions })],
  })
}

/** A battery's state: 1 unplugged, 2 charging, 3 full, 0 unknown. */
const chargingOf = (state: unknown): number | undefined => {
  if (state === 2 || state === 3) return 1
  return state === 1 ? 0 : undefined
}

/** Its mode in which it reports all the time; in the others it is silent while it stays where it is. */
const MOVE_MODE = 2

/** Whether it stays where it is, so that its silence means nothing; undefined where it does not tell its mode. */
const isParked = ({ m: mode, vel, motionactivities }: Fields): boolean | undefined => {
  if (Array.isArray(motionactivities) && motionactivities.length > 0) return motionactivities.includes('stationary')
  return typeof mode === 'number' ? mode < MOVE_MODE && (numberIn(vel) ?? 0) <= 0 : undefined
}

/** Where it is; null where it does not say where, or since when. Speed, heading and altitude are left out at 0. */
const fixOf = ({ tst, lat, lon, vel, cog }: Fields): ReportedFix | null => {
  const [at, north, east] = [numberIn(tst), numberIn(lat), numberIn(lon)]
  if (at === undefined || north === undefined || east === undefined) return null
  const motion = known({ speed: fromKmh(numberIn(vel)), heading: atLeast0(numberIn(cog)) })
  return { t: Math.max(0, Math.round(at * 1000)), lat: north, lon: east, ...motion }
}
