import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCircuits } from './fleet/network.ts'
import { runFleet } from './fleet/run.ts'
import { HELP } from './help.ts'
import { runMarket } from './market/run.ts'
import { readListings } from './market/symbols.ts'
import { type Options, parseOptions } from './options.ts'
import { connectFeed, redisPort } from './publisher/port.ts'
import { createPublisher } from './publisher.ts'
import { runReplay } from './replay/run.ts'
import { closingLines, statusLine, totalsOf } from './report.ts'
import { firstNumber, type Run } from './run.ts'

/** Milliseconds between two lines that tell what happens, and how long the end may take. */
const TELL_EVERY = 5000
const LAST_FLUSH = 5000

const shipped = (name: string) => readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')
const say = (line: string) => process.stdout.write(`${line}\n`)
const fail = (message: string) => {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
const hideSecret = (url: string) => url.replace(/\/\/[^@/]*@/, '//')

const listings = readListings(shipped('symbols.csv'))
const parsed = parseOptions(process.argv.slice(2), process.env.REDIS_URL, listings.length)

const start = async (options: Options) => {
  const ending = new AbortController()
  const run: Run = {
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
    seed: options.seed,
    firstNumber: firstNumber(Date.now()),
    say,
    signal: ending.signal,
  }
  // The publisher says once that Redis is away; each failed attempt to reconnect need not be told.
  const redis = connectFeed(options.redis, Math.random, () => {})
  const port = redisPort(redis)
  const publisher = createPublisher({ port, say, random: Math.random, cap: options.buffer })
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve(), { once: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // A second signal does not wait for Redis.
      if (ending.signal.aborted) process.exit(1)
      ending.abort()
    })

  say(`Publishing into ${hideSecret(options.redis)}.`)
  let before = totalsOf(publisher.account, performance.now())
  const telling = setInterval(() => {
    const now = performance.now()
    say(statusLine(publisher.account, before, now, publisher.waiting()))
    before = totalsOf(publisher.account, now)
  }, TELL_EVERY)
  if (options.replay) clearInterval(telling)

  const work: Promise<void>[] = []
  const { market, fleet, replay } = options
  const names = new Map(listings.map(({ symbol, name }) => [symbol, name]))
  const terminal = {
    isTerminal: process.stdout.isTTY === true,
    write: (text: string) => void process.stdout.write(text),
    clock: () => performance.now(),
  }
  if (market) work.push(runMarket(market, listings, publisher, port, run))
  if (fleet) work.push(runFleet(fleet, readCircuits(shipped('austin-routes.json')), publisher, run))
  if (replay) work.push(runReplay(replay, (symbol) => names.get(symbol), publisher, run, terminal))
  try {
    await Promise.race([Promise.all(work), ended])
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
  ending.abort()
  clearInterval(telling)
  const left = await publisher.stop(LAST_FLUSH)
  redis.disconnect()
  for (const line of closingLines(publisher.account, left)) say(line)
}

if (parsed.kind === 'help') say(HELP)
else if (parsed.kind === 'error') fail(parsed.message)
else await start(parsed.options)
