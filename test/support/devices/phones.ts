import type { ReportReply } from '../../../wire/devices.ts'
import { openDeviceLine } from './line.ts'

/** A fix as a phone has it: its time in whole seconds of Unix time, metres a second, degrees. */
export type PhoneFix = { s: number; lat: number; lon: number; speed: number; heading: number }

/** A phone: its app sends what is oldest first, so many at a time, and keeps it until it is taken. */
export type Phone = {
  /** Sends these; whether they were taken. */
  send: (fixes: readonly PhoneFix[]) => Promise<boolean>
  atOnce: number
  close: () => void
}
export type PhoneOptions = { url: string; id: string; key: string }

/** What an app waits for an answer (ms). */
const PATIENCE_MS = 2000
const MS_TO_KNOTS = 3600 / 1852

const isTaken = async (url: string, init: RequestInit = {}): Promise<boolean> => {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) })
    await response.arrayBuffer()
    if (response.status >= 400 && response.status < 500 && response.status !== 429)
      throw new Error(`${url.replace(/\/in.*/, '')}: ${response.status}`)
    return response.ok
  } catch (error) {
    if (error instanceof Error && / 4\d\d$/.test(error.message)) throw error
    return false
  }
}

/** Apps that send one fix a request. */
const each = (send: (fix: PhoneFix) => Promise<boolean>): Phone => ({
  send: async ([fix]) => fix === undefined || send(fix),
  atOnce: 1,
  close: () => {},
})

const asQuery = (id: string, { s, lat, lon, speed, heading }: PhoneFix): string =>
  new URLSearchParams({
    id,
    lat: String(lat),
    lon: String(lon),
    timestamp: String(s),
    speed: String(speed * MS_TO_KNOTS),
    bearing: String(heading),
    batt: '80',
  }).toString()

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const osmand = ({ url, id, key }: PhoneOptions): Phone => each((fix) => isTaken(`${url}/in/${key}?${asQuery(id, fix)}`))

const form = ({ url, id, key }: PhoneOptions): Phone => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return each((fix) => isTaken(`${url}/in/${key}`, { method: 'POST', headers, body: asQuery(id, fix) }))
}

const traccar = ({ url, id, key }: PhoneOptions): Phone =>
  each(({ s, lat, lon, speed, heading }) => {
    const coords = { latitude: lat, longitude: lon, accuracy: 5, speed, heading, altitude: 160 }
    const location = {
      timestamp: new Date(s * 1000).toISOString(),
      coords,
      is_moving: true,
      odometer: 0,
      event: '',
      battery: { level: 0.8, is_charging: false },
      activity: { type: 'in_vehicle' },
      mock: false,
      extras: {},
    }
    return isTaken(`${url}/in/${key}`, json({ device_id: id, location }))
  })

const owntracks = ({ url, id, key }: PhoneOptions): Phone => {
  const headers = { Authorization: `Basic ${Buffer.from(`${id}:${key}`).toString('base64')}` }
  return each(({ s, lat, lon, speed, heading }) => {
    const body = { _type: 'location', tst: s, lat, lon, acc: 5, batt: 80, cog: heading, vel: speed * 3.6, tid: 'ph' }
    return isTaken(`${url}/in/owntracks`, json(body, headers))
  })
}

const asReport = (fixes: readonly PhoneFix[]) => ({
  fixes: fixes.map(({ s, ...fix }) => ({ t: s * 1000, ...fix })),
})
const AT_ONCE = 20

const device = ({ url, id, key }: PhoneOptions): Phone => ({
  send: (fixes) => isTaken(`${url}/in/device`, json({ id, ...asReport(fixes) }, { Authorization: `Bearer ${key}` })),
  atOnce: AT_ONCE,
  close: () => {},
})

const socket = ({ url, id, key }: PhoneOptions): Phone => {
  const port = Number(new URL(url).port)
  const line = openDeviceLine(
    { ports: [port], first: 0, id, key },
    { hello: () => {}, commands: () => {}, refused: () => {} },
  )
  return {
    send: async (fixes) => {
      const reply = (await line.ask('report', asReport(fixes))) as ReportReply | null
      return reply !== null && !('error' in reply)
    },
    atOnce: AT_ONCE,
    close: line.close,
  }
}

/** The apps that there are, by the way they send. */
export const PHONES = {
  'osmand-query': osmand,
  'osmand-form': form,
  'traccar-json': traccar,
  owntracks,
  json: device,
  socket,
} as const satisfies Record<string, (options: PhoneOptions) => Phone>
