import { z } from 'zod'
import { parseRedisAddress, withoutPasswords } from '../redis/address.ts'
import { isGroup } from '../wire/groups.ts'
import { isProxyRange } from './access/addresses.ts'
import { isHost, isLoopback } from './access/hosts.ts'
import { archiveSettings } from './archive/settings.ts'
import { MOST_IN_A_MESSAGE } from './live/requests.ts'
import { list, setting } from './setting.ts'

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]+$/
/** As browsers name a page's origin. A page without one of its own says `null`, as many do: that lets nobody in. */
const isOrigin = (text: string): boolean =>
  ORIGIN.test(text) && (!/^https?:/.test(text) || (URL.canParse(text) && new URL(text).origin === text))

const isUrl =
  (...protocols: readonly string[]) =>
  (text: string): boolean =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== ''

const ADDRESS = /^(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i

/** The ways in. `open`: everybody is let in and may do everything. */
const WAYS = ['open', 'invitations', 'openid'] as const
type Way = (typeof WAYS)[number]
const isWay = (text: string): text is Way => (WAYS as readonly string[]).includes(text)

const settings = z.object({
  /** Address to listen on; loopback unless told otherwise. */
  HOST: setting(z.string().default('127.0.0.1')),
  PORT: setting(z.coerce.number().int().min(0).max(65_535).default(3000)),
  /** Who is let in, and how: `open` by default where only this machine can ask. */
  ACCESS: setting(
    list
      .refine((all) => all.length > 0 && all.every(isWay), 'takes open, or invitations and openid, comma separated')
      .refine((all) => !all.includes('open') || all.length === 1, 'takes nothing besides open: that lets everybody in')
      .transform((all) => all.filter(isWay))
      .optional(),
  ),
  /** The file of what this floor signs with; made where there is none. Nodes on one Redis need the same. */
  SECRET_FILE: setting(z.string().default('.data/secret')),
  /** Where browsers find the floor, for links to it. */
  PUBLIC_URL: setting(
    z
      .string()
      .refine(
        (url) => /^https?:/.test(url) && isOrigin(url),
        'takes an address like https://floor.example, without a path and without the default port',
      )
      .optional(),
  ),
  /** The identity provider that people sign in with, how this floor is known there, and who may do what then. */
  OPENID_ISSUER: setting(
    z
      .string()
      .refine(
        (url) => URL.canParse(url) && /^https?:/.test(url),
        'takes an address like https://id.example/realms/desk',
      )
      .optional(),
  ),
  OPENID_CLIENT_ID: setting(z.string().optional()),
  OPENID_CLIENT_SECRET_FILE: setting(z.string().optional()),
  OPENID_SCOPE: setting(z.string().default('openid profile')),
  /** For whom the provider's tokens of programs must be; the client id by default. */
  OPENID_AUDIENCE: setting(z.string().optional()),
  /** How long a sign-in lasts (s). */
  OPENID_SESSION_S: setting(z.coerce.number().int().min(60).max(31_536_000).default(28_800)),
  GRANTS_FILE: setting(z.string().optional()),
  /** The file of kinds of commands that this floor has besides the built-in ones. */
  COMMANDS_FILE: setting(z.string().optional()),
  REDIS_URL: setting(
    z
      .string()
      .superRefine((url, context) => {
        try {
          parseRedisAddress(url)
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message })
        }
      })
      .default('redis://127.0.0.1:6379'),
  ),
  ...archiveSettings,
  /** Origins of other pages that may connect and read the API, comma separated (`https://desk.example`). */
  ORIGINS: setting(
    list
      .refine(
        (all) => all.every(isOrigin),
        'takes origins like https://desk.example, without a path, a * or the port 443',
      )
      .default([]),
  ),
  /** Names by which this node is asked, besides `localhost`, HOST and those of ORIGINS. */
  HOSTS: setting(
    list
      .refine((all) => all.every(isHost), 'takes host names like floor.example, without http://, a port or a *')
      .default([]),
  ),
  /** Who asks for others: balancers and proxies, whose X-Forwarded-For says for whom. */
  PROXIES: setting(
    list
      .refine(
        (all) => all.every(isProxyRange),
        'takes addresses, ranges like 10.0.0.0/8, and the words loopback, linklocal and uniquelocal',
      )
      .default([]),
  ),
  /** Connections in all, and of one address: HTTP and WebSocket together. */
  MAX_CONNECTIONS: setting(z.coerce.number().int().min(1).default(20_000)),
  MAX_CONNECTIONS_PER_ADDRESS: setting(z.coerce.number().int().min(1).default(1000)),
  /** What all HTTP requests may take of a core, and those of one address, as a share of it. */
  HTTP_SHARE: setting(z.coerce.number().min(0.01).max(1).default(0.1)),
  HTTP_SHARE_PER_ADDRESS: setting(z.coerce.number().min(0.001).max(1).default(0.05)),
  /** Where the metrics are told, and nowhere else; `/metrics` of the node itself by default. */
  METRICS_ADDRESS: setting(
    z
      .string()
      .regex(ADDRESS, 'takes host:port, like 127.0.0.1:9100 or [::1]:9100')
      .transform((text) => {
        const [, host = '', port] = ADDRESS.exec(text) ?? []
        return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
      })
      .refine(({ port }) => port <= 65_535, 'takes a port up to 65535')
      .optional(),
  ),
  /** The share of a core that one client may cost with what it sends, and all of one address together. */
  CLIENT_SHARE: setting(z.coerce.number().min(0.001).max(1000).default(0.05)),
  ADDRESS_SHARE: setting(z.coerce.number().min(0.001).max(1000).default(0.2)),
  /** Where GPS receivers send NMEA 0183 over TCP, on HOST; nowhere unless it is set. */
  NMEA_PORT: setting(z.coerce.number().int().min(1).max(65_535).optional()),
  /** The MQTT broker to which devices publish, with user and password where it wants them. */
  MQTT_URL: setting(
    z
      .string()
      .refine(isUrl('mqtt:', 'mqtts:'), 'takes an address like mqtt://user:password@broker.example:1883')
      .optional(),
  ),
  /** The vehicle positions of a transit agency (GTFS-realtime), how often they are read (s), and in which group they are. */
  GTFS_URL: setting(
    z
      .string()
      .refine(isUrl('http:', 'https:'), 'takes an address like https://agency.example/vehicle-positions.pb')
      .optional(),
  ),
  GTFS_EVERY_S: setting(z.coerce.number().int().min(1).max(3600).default(15)),
  GTFS_GROUP: setting(
    z.string().refine(isGroup, 'takes a group: small letters, digits, dashes and underscores').default('transit'),
  ),
  /** How this node calls itself; host name and process number by default. */
  NODE_NAME: setting(
    z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'takes 1 to 64 letters, digits, dots, dashes and underscores')
      .optional(),
  ),
  LOG_LEVEL: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')),
  /** Raster tiles of the map, `{z}/{x}/{y}`; `none` for the offline map only. */
  TILES_URL: setting(z.string().default('https://tile.openstreetmap.org/{z}/{x}/{y}.png')),
  TILES_ATTRIBUTION: setting(z.string().default('© OpenStreetMap contributors')),
  /** Flush pacing: wait at most so many times as long as a flush took, between these two (ms). */
  FLUSH_SHARE: setting(z.coerce.number().min(0).max(100).default(5)),
  FLUSH_MIN_MS: setting(z.coerce.number().min(0).max(1000).default(0)),
  FLUSH_MAX_MS: setting(z.coerce.number().min(1).max(1000).default(12)),
  HEARTBEAT_MS: setting(z.coerce.number().int().min(100).max(60_000).default(5000)),
  /** How long a node that was told to stop goes on as ever while `/readyz` says that it is going (ms). */
  DRAIN_MS: setting(z.coerce.number().int().min(0).max(60_000).default(3000)),
  /** How long a node keeps a topic after its last watcher left (ms). */
  LINGER_MS: setting(z.coerce.number().int().min(0).max(3_600_000).default(10_000)),
  /**
   * Topics that one client may watch by name: no more than one message can name, for after a reconnect one message
   * names them all.
   */
  MAX_WATCHES: setting(z.coerce.number().int().min(1).max(MOST_IN_A_MESSAGE).default(1000)),
  /** Requests a second that one client may make. */
  MAX_REQUESTS: setting(z.coerce.number().int().min(1).default(50)),
  /** A device silent for so long is taken off the map (s). */
  REAP_AFTER_S: setting(z.coerce.number().int().min(1).default(900)),
})

/** The setting that is for people at other machines; a node on loopback may be behind a proxy. Null where none is. */
const forOthers = ({ HOST, PUBLIC_URL, HOSTS }: z.output<typeof settings>): string | null => {
  if (!isLoopback(HOST)) return `HOST=${HOST}`
  if (PUBLIC_URL !== undefined && !isLoopback(new URL(PUBLIC_URL).hostname.replace(/^\[|\]$/g, '')))
    return `PUBLIC_URL=${PUBLIC_URL}`
  return HOSTS.every(isLoopback) ? null : `HOSTS=${HOSTS.join(',')}`
}

/** Nobody is let in by oversight: where other machines can ask, somebody has to say who may. */
const withAccess = settings.transform((config, context) => {
  const others = forOthers(config)
  const { ACCESS = others === null ? ['open' as const] : [] } = config
  if (ACCESS.length > 0) return { ...config, ACCESS }
  const choices = 'ACCESS=invitations, ACCESS=openid, or ACCESS=open for everybody who can reach it (docs/sign-in.md)'
  const message = `${others} lets other machines in, so say who may use the floor: ${choices}`
  context.addIssue({ code: 'custom', path: ['ACCESS'], message })
  return z.NEVER
})

export type Config = z.infer<typeof withAccess>

/** The settings of a node from its environment; throws one line that names what is wrong and what would be right. */
export const readConfig = (environment: Record<string, string | undefined>): Config => {
  const read = withAccess.safeParse(environment)
  if (read.success) return read.data
  const wrong = read.error.issues.map(({ path, message }) => {
    const name = path.join('.')
    return `${name}=${withoutPasswords(environment[name] ?? '')}: ${message}`
  })
  throw new Error(`Bad setting: ${wrong.join('; ')}. See the configuration table in README.md.`)
}
