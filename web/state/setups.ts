import type { Doors } from '../../wire/api.ts'

/** Something to be typed, copied or taken by a camera. `qr`: it is also shown as a QR code. */
export type SetupLine = { label: string; text: string; qr?: true; long?: true }
/** How an app, or a program, is made to report here: what to do, in turn, and what to type. */
export type Setup = { name: string; steps: readonly string[]; lines: readonly SetupLine[] }

/** What a device reports by. `base`: the floor's address, without a path; `every`: seconds between its reports. */
export type SetupOptions = { id: string; key: string; base: string; every: number; doors: Doors | undefined }

/** Seconds after which a parked phone says that it is still there. */
const HEARTBEAT_S = 900

const urlOf = (base: string, path: string, parameters: Record<string, string | number>): string =>
  `${base}${path}?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`

const traccar = ({ id, key, base, every }: SetupOptions): Setup => ({
  name: 'Traccar Client',
  steps: [
    'Install Traccar Client on the phone.',
    'In its settings, scan the code, or open the link on the phone.',
    'Turn tracking on, and let it know the location always.',
  ],
  lines: [
    {
      label: 'Settings link',
      // It reports while it moves; a phone that lies still is silent but for the heartbeat.
      text: urlOf(base, `/in/${key}`, {
        id,
        interval: every,
        distance: 0,
        heartbeat: HEARTBEAT_S,
        stop_detection: 'true',
      }),
      qr: true,
    },
  ],
})

const BASE64_PIECE = 0x8000
/** Base64 of a text in UTF-8. */
const base64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let letters = ''
  for (let i = 0; i < bytes.length; i += BASE64_PIECE)
    letters += String.fromCharCode(...bytes.subarray(i, i + BASE64_PIECE))
  return btoa(letters)
}

/** OwnTracks calls its HTTP mode 3. Its `monitoring` 2 reports moves; `moveModeLocatorInterval`: how often, in seconds. */
const ownTracks = ({ id, key, base, every }: SetupOptions): Setup => {
  const url = `${base}/in/owntracks`
  const settings = {
    ...{ _type: 'configuration', mode: 3, url, auth: true, username: id, password: key, deviceId: id },
    ...{ monitoring: 2, moveModeLocatorInterval: every, cmd: true, remoteConfiguration: false },
  }
  return {
    name: 'OwnTracks',
    steps: [
      'Install OwnTracks on the phone.',
      'Scan the code, or open the link on the phone: it sets everything.',
      'By hand: Preferences, Connection, mode HTTP, then the address, the user and the password.',
    ],
    lines: [
      {
        label: 'Settings link',
        text: `owntracks:///config?inline=${encodeURIComponent(base64(JSON.stringify(settings)))}`,
        qr: true,
      },
      { label: 'Address', text: url },
      { label: 'User', text: id },
      { label: 'Password', text: key },
    ],
  }
}

/** What OsmAnd puts in place of each: latitude, longitude, time (ms), accuracy, altitude, speed (m/s), bearing. */
const OSMAND = 'lat={0}&lon={1}&timestamp={2}&accuracy={3}&altitude={4}&speed_ms={5}&bearing={6}'

const osmAnd = ({ id, key, base, every }: SetupOptions): Setup => ({
  name: 'OsmAnd',
  steps: [
    'In OsmAnd, turn on the plugin Trip recording.',
    'In its settings, choose Online tracking, and type this as the web address.',
    `Set the tracking interval to ${every} seconds, and start the recording.`,
  ],
  lines: [{ label: 'Web address', text: `${urlOf(base, `/in/${key}`, { id })}&${OSMAND}`, qr: true }],
})

/** A text between single quotation marks, as a shell reads it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const ownProgram = ({ id, key, base }: SetupOptions): Setup => {
  const [before = '', after = ''] = JSON.stringify({ id, fixes: [{ t: 0, lat: 30.2672, lon: -97.7431 }] }).split(
    '"t":0',
  )
  const body = `${quoted(`${before}"t":`)}$(date +%s)000${quoted(after)}`
  const head = `-H ${quoted(`Authorization: Bearer ${key}`)} -H 'Content-Type: application/json'`
  return {
    name: 'Own program',
    steps: [
      'Send JSON over HTTP: the reply carries what the device is to do.',
      'For commands at once, connect with Socket.IO: docs/device.ts is a client that also keeps what it could not send.',
    ],
    lines: [
      { label: 'A first report', text: `curl ${head} -d ${body} ${base}/in/device`, long: true },
      { label: 'Key', text: key },
    ],
  }
}

const nmea = ({ id, key, base }: SetupOptions, port: number): Setup => {
  const host = new URL(base).hostname
  return {
    name: 'NMEA',
    steps: [
      'Connect by TCP, say who sends in the first line, then send what the receiver says (NMEA 0183).',
      'With gpsd on Linux, this does it:',
    ],
    lines: [
      { label: 'Host and port', text: `${host}:${port}` },
      { label: 'First line', text: `${id} ${key}` },
      { label: 'With gpsd', text: `(echo ${quoted(`${id} ${key}`)}; gpspipe -r) | nc ${host} ${port}`, long: true },
    ],
  }
}

const mqtt = ({ id }: SetupOptions): Setup => ({
  name: 'MQTT',
  steps: [
    'Publish to the broker that this floor listens to. It says who may: this key is not needed there.',
    'The topic says which device it is: OwnTracks has one of its own, our JSON another (docs/lines.md).',
  ],
  lines: id.includes('/')
    ? [{ label: 'Topic of OwnTracks', text: `owntracks/${id}` }]
    : [{ label: 'Topic of our JSON', text: `watchfloor/${id}` }],
})

/** All ways to have a device report, those of phones first. */
export const setupsOf = (options: SetupOptions): Setup[] => {
  const { nmea: port = null, mqtt: hears = false } = options.doors ?? {}
  return [
    ...[traccar(options), ownTracks(options), osmAnd(options), ownProgram(options)],
    ...(port === null ? [] : [nmea(options, port)]),
    ...(hears ? [mqtt(options)] : []),
  ]
}

/** Seconds between reports that one may choose from. */
export const INTERVALS_S = [5, 10, 30, 60, 300] as const
export const USUAL_INTERVAL_S = 30
