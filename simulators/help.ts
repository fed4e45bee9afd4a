import { FORMATS } from './replay/formats.ts'

const formats = Object.entries(FORMATS)
  .map(([name, { about }]) => `                     ${name.padEnd(10)} ${about}`)
  .join('\n')

/** What `--help` prints. */
export const HELP = `Simulated and recorded feeds for Watchfloor: they publish trades, quotes and fixes into Redis.

  npm run simulate                       a market and a fleet, until you stop it (Ctrl+C)
  npm run simulate -- --market           only the market; --fleet: only the fleet
  npm run simulate -- --replay FILE      a recording instead

What to simulate
  --symbols N        how many symbols of the S&P 500 trade, 1 to 503 (60)
  --rate N           mean trades a second of all of them together, 1 to 20000 (300)
  --steady           the same rate at all hours, instead of busy at the open and the close
  --history SPAN     fill the charts of symbols that never traded with this much of the past: 90m, 24h, 0 for none (24h)
  --devices N        how many buses drive the routes of Austin, Texas, 1 to 20000 (120); to every dozen comes a supervisor's car
  --interval S       seconds between a device's fixes, 0.2 to 60 (2)
  --seed N           another number makes another market and fleet (1)

Replay
  --replay FILE      a recording, also packed with gzip; rows are played in order of time
  --format NAME      what it is, where that cannot be seen from how it begins:
${formats}
  --speed N          recorded seconds a second, or max: as fast as Redis takes them (1)
  --max-pause SPAN   play a longer pause of the recording as one of SPAN: 10s, 5m, 2h (as long as it was)
  --shift            as if it happened now: times move to when they are played, and numbers begin anew
  --zone ZONE        where times without a zone belong: America/Chicago, UTC, +01:00 (GPX and Bus Open Data: UTC)
  --date YYYY-MM-DD  the day on which an NMEA log begins that tells no date
  --symbol NAME      the symbol of a file that names none (else from the file's name)
  --device ID        the device of a file that names none (else from the file's name); all tracks of a GPX file are its

The last line tells what became of the rows: taken, repeats, old, refused, left out. The exit code is 1 where nothing
was taken. docs/replay.md tells of each format what is read.

Where to
  --redis URL        the Redis to publish into (REDIS_URL, else redis://127.0.0.1:6379): redis://host:port for one server,
                     redis+sentinel://host:port,host:port/primary-name, or redis+cluster://host:port,host:port
  --buffer N         trades and fixes to keep while Redis is away; beyond it the oldest go (200000)
`
