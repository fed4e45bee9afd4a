import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { emptyAccount } from '../feed/account.ts'
import { type Feed, openFeed } from '../feed/feed.ts'
import { withoutPasswords } from '../redis/address.ts'
import { keyFile } from './fleet/keys.ts'
import { readCircuits } from './fleet/network.ts'
import { runFleet } from './fleet/run.ts'
import { runConnected } from './fleet/run-connected.ts'
import { HELP } from './help.ts'
import { runMarket } from './market/run.ts'
import { described, readListings } from './market/symbols.ts'
import { type Options, parseOptions, type ReplayOptions } from './options.ts'
import { loadRecording } from './replay/load.ts'
import { createLoading } from './replay/loading.ts'
import type { Recording } from './replay/recording.ts'
import { emptyLine, fileLines, restOf, runReplay } from './replay/run.ts'
import { createSpool } from './replay/spool.ts'
import { closingLines, sentLine, statusLine, summaryLine, totalsOf } from './report.ts'
import { firstNumber, type Run } from './run.ts'

/** Milliseconds between two lines that tell what happens, and how long the end may take. */
const TELL_EVERY = 5000
const LAST_FLUSH = 5000

const terminal = {
  isTerminal: process.stdout.isTTY === true,
  write: (text: string) => void process.stdout.write(text),
  clock: () => performance.now(),
}
const shipped = (name: string) => readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')
/** A line of its own, even where a replay's progress stands on the terminal's last line. */
const say = (line: string) => terminal.write(`${terminal.isTerminal ? '\r\u001B[K' : ''}${line}\n`)

/** Aborted by the first SIGINT or SIGTERM; a second one does not wait for Redis. */
const untilSignal = (): AbortController => {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (ending.signal.aborted) process.exit(1)
      ending.abort()
    })
  return ending
}

const tell = (feed: Feed) => {
  let before = totalsOf(feed.account, terminal.clock())
  return setInterval(() => {
    const now = terminal.clock()
    say(statusLine(feed.account, before, now, feed.waiting()))
    before = totalsOf(feed.account, now)
  }, TELL_EVERY)
}

/** Devices with connections of their own: where their keys are kept, and who adds them. */
const connecting = {
  keys: keyFile(join(process.env.DATA_DIR || '.data', 'simulated-devices.json')),
  token: process.env.FLOOR_TOKEN || undefined,
  fetch,
}

const circuits = () => readCircuits(shipped('austin-routes.json'))

/** All that is published into Redis; each part runs until its end or the signal. */
const work = (options: Options, recording: Recording | null, feed: Feed, run: Run) => {
  const { market, fleet, replay } = options
  const known = new Map(listings.map((listing) => [listing.symbol, described(listing)]))
  return Promise.all([
    market && runMarket(market, listings, feed, feed.port, run),
    fleet?.floor === null && runFleet(fleet, circuits(), feed, run),
    replay && recording && runReplay(replay, recording, (symbol) => known.get(symbol), feed, run, terminal),
  ])
}

/** Where a large recording is put in order: `/tmp` may be a part of memory. */
const temporaryFolders = process.env.TMPDIR ? [process.env.TMPDIR] : ['/var/tmp', tmpdir()]

/** Says what became of everything, the summary last. A replay of which nothing was taken is a failure. */
const conclude = (
  { account }: Pick<Feed, 'account'>,
  left: number,
  recording: Recording | null,
  interrupted: boolean,
) => {
  for (const line of recording ? fileLines(recording) : [sentLine(account)]) say(line)
  for (const line of closingLines(account, left)) say(line)
  say(summaryLine(account, recording ? restOf(recording, account, interrupted) : undefined))
  if (recording && account.accepted === 0) process.exitCode = 1
}

const load = (options: ReplayOptions): Promise<Recording> =>
  loadRecording(options, { spool: createSpool(temporaryFolders), loading: createLoading(terminal) })

const start = async (options: Options) => {
  const recording = options.replay && (await load(options.replay))
  if (options.replay && recording?.total === 0) {
    say(emptyLine(options.replay, recording))
    return conclude({ account: emptyAccount() }, 0, recording, false)
  }
  const ending = untilSignal()
  const { signal } = ending
  const { seed, market, fleet, replay } = options
  const run: Run = { now: Date.now, sleep: (ms) => sleep(ms), seed, firstNumber: firstNumber(Date.now()), say, signal }
  try {
    const publishing = (market || replay || fleet?.floor === null) && publish(options, recording, ending, run)
    const { floor = null } = fleet ?? {}
    await Promise.all([
      publishing,
      fleet && floor !== null && runConnected({ ...fleet, floor }, circuits(), connecting, run),
    ])
  } finally {
    ending.abort()
  }
}

/** Publishes until the end or the signal; what cannot be sent by then is told. */
const publish = async (options: Options, recording: Recording | null, ending: AbortController, run: Run) => {
  const { signal } = ending
  const feed = await openFeed(options.redis, { say, cap: options.buffer })
  say(`Publishing into ${withoutPasswords(options.redis)}.`)
  const telling = options.replay ? undefined : tell(feed)
  let interrupted = false
  try {
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([work(options, recording, feed, run), ended])
    interrupted = signal.aborted
  } finally {
    ending.abort()
    clearInterval(telling)
    const left = await feed.stop(LAST_FLUSH)
    conclude(feed, left, recording, interrupted)
  }
}

const fail = (message: string) => {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

const listings = readListings(shipped('symbols.csv'))
const given = { redisUrl: process.env.REDIS_URL, floor: `http://127.0.0.1:${process.env.PORT || 3000}` }
const parsed = parseOptions(process.argv.slice(2), given, listings.length)
if (parsed.kind === 'help') say(HELP)
else if (parsed.kind === 'error') fail(parsed.message)
else await start(parsed.options).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
