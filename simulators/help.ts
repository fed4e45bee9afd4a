import { FORMATS } from './replay/formats.ts'

const formats = Object.entries(FORMATS)
  .map(([name, { about }]) => `                     ${name.padEnd(10)} ${about}`)
  .join('\n')

/** What `--help` prints. */
export const HELP = `Simulated and recorded feeds for Watchfloor. They publish trades, quotes and fixes into Redis.

  npm run simulate                       a market and a fleet, until you press Ctrl-C
  npm run simulate -- --market           the market only; --fleet: the fleet only
  npm run simulate -- --replay FILE      a recording instead

What to simulate
  --symbols N        number of S&P 500 symbols that trade, 1 to 503 (60)
  --rate N           trades a second on average, all symbols together, 1 to 20000 (300)
  --steady           the same rate at all hours, instead of more at the open and the close
  --history SPAN     give symbols that never traded this much history: 90m, 24h, 0 for none (24h)
  --devices N        number of buses on the routes of Austin, Texas, 1 to 20000 (120); a supervisor's
                     car comes with each dozen
  --interval S       seconds between a device's fixes, 0.2 to 60 (2)
  --fleet-via WAY    redis: publish the devices' fixes; socket: each device connects to a floor, and obeys (redis)
  --floor URL        the floor to which devices connect (http://127.0.0.1 and PORT, or 3000)
  --seed N           a different number makes a different market and fleet (1)

With --fleet-via socket the devices are added to the floor, and their keys kept in DATA_DIR (.data). A floor where people
sign in takes them if FLOOR_TOKEN holds a token of somebody with manage:devices. More devices than
MAX_CONNECTIONS_PER_ADDRESS of the floor do not get in from one machine, and many need a larger ADDRESS_SHARE.

Replay
  --replay FILE      a recording, may be compressed with gzip; rows are played in order of time
  --format NAME      its format, if how it begins does not tell:
${formats}
  --speed N          recorded seconds to play per second, or max: as fast as Redis accepts (1)
  --max-pause SPAN   shorten longer pauses of the recording to SPAN: 10s, 5m, 2h (not shortened)
  --shift            play it as if it happened now, with present times and new numbers
  --zone ZONE        the zone of times that name none: America/Chicago, UTC, +01:00 (GPX and Bus Open Data: UTC)
  --date YYYY-MM-DD  the day on which an NMEA log without dates begins
  --symbol NAME      the symbol, if the file names none (the file's name)
  --device ID        the device, if the file names none (the file's name); all tracks of a GPX file become its own

The last line says what became of the rows: taken, repeats, old, refused, left out. The exit code is 1 if nothing was
taken. docs/replay.md says what is read from each format.

Where to
  --redis URL        the Redis to publish into (REDIS_URL, or redis://127.0.0.1:6379): redis://host:port for one server,
                     redis+sentinel://host:port,host:port/primary-name, or redis+cluster://host:port,host:port
  --buffer N         trades and fixes to keep while Redis is away; beyond that the oldest are dropped (200000)
`
