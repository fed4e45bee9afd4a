import { ArchiveAway, type Mark, type WholeArchive } from '../archive.ts'
import { dropOld } from './drop.ts'
import { type Engine, Unfit } from './engine.ts'
import { migrate } from './migrate.ts'
import { mover } from './moving.ts'
import { createNames } from './names.ts'
import { newestReader } from './newest.ts'
import { candleReader } from './read-candles.ts'
import { fixReader } from './read-fixes.ts'
import { otherReader, overallReader } from './read-rest.ts'
import { tradeReader } from './read-trades.ts'
import { readSize } from './size.ts'
import { visitReader } from './visits.ts'
import { writeBatch } from './write.ts'

/** The most calls at a time. */
const MOST_CALLS = 1000

type Call = <T>(work: () => Promise<T>) => Promise<T>

/** How every call goes: at most so many at once, after the schema is known to be right, and with one kind of error. */
const createCall = (engine: Engine, place: string, forget: () => void): Call => {
  let running = 0
  let ready: Promise<void> | null = null
  const prepared = (): Promise<void> => {
    ready ??= migrate(engine).catch((error) => {
      ready = null
      throw error
    })
    return ready
  }
  const asAway = (error: unknown): ArchiveAway | null => {
    if (error instanceof ArchiveAway) return error
    const trouble = error instanceof Unfit ? { text: error.message } : engine.trouble(error)
    return trouble && new ArchiveAway(`${place}: ${trouble.text}`, { cause: error })
  }
  return async (work) => {
    if (running >= MOST_CALLS) throw new ArchiveAway(`${place}: too many questions at once`)
    running++
    try {
      await prepared()
      return await work()
    } catch (error) {
      const away = asAway(error)
      if (away) forget()
      throw away ?? error
    } finally {
      running--
    }
  }
}

/** All questions, as they are asked of a database that is there. */
const questions = (engine: Engine, names: ReturnType<typeof createNames>) => ({
  ...overallReader(engine),
  ...candleReader(engine, names),
  ...tradeReader(engine, names),
  ...fixReader(engine, names),
  ...newestReader(engine, names),
  ...visitReader(engine, names),
  ...otherReader(engine, names),
})

/** The archive over an engine. `place`: what it is called where something is wrong with it. */
export const createArchive = (engine: Engine, place: string): WholeArchive => {
  const names = createNames()
  const call = createCall(engine, place, names.forget)
  const ask = questions(engine, names)
  const moving = mover(engine, names)
  const pieces = async function* (): AsyncGenerator<Mark[]> {
    const all = ask.marks()
    for (;;) {
      const piece = await call(() => all.next())
      if (piece.done) return
      yield piece.value
    }
  }
  return {
    engine: engine.name,
    write: (batch) => call(() => writeBatch(engine, names, batch)),
    marks: pieces,
    begin: () => call(ask.begin),
    edge: () => call(ask.edge),
    slices: (...asked) => call(() => ask.slices(...asked)),
    candles: (...asked) => call(() => ask.candles(...asked)),
    minutes: (...asked) => call(() => ask.minutes(...asked)),
    trades: (...asked) => call(() => ask.trades(...asked)),
    lastTrade: (...asked) => call(() => ask.lastTrade(...asked)),
    track: (...asked) => call(() => ask.track(...asked)),
    fixesOf: (...asked) => call(() => ask.fixesOf(...asked)),
    fixesIn: (...asked) => call(() => ask.fixesIn(...asked)),
    lastIn: (...asked) => call(() => ask.lastIn(...asked)),
    lastOfAll: (...asked) => call(() => ask.lastOfAll(...asked)),
    visits: (...asked) => call(() => ask.visits(...asked)),
    events: (...asked) => call(() => ask.events(...asked)),
    eventsOf: (...asked) => call(() => ask.eventsOf(...asked)),
    messages: (...asked) => call(() => ask.messages(...asked)),
    devices: () => call(ask.devices),
    symbols: () => call(ask.symbols),
    complete: (topic) => call(() => ask.complete(topic)),
    drop: (...asked) => call(() => dropOld(engine, ...asked)),
    vacuum: () => call(engine.vacuum),
    size: () => call(() => readSize(engine)),
    tables: moving.tables,
    page: (...asked) => call(() => moving.page(...asked)),
    load: (...asked) => call(() => moving.load(...asked)),
    close: engine.close,
  }
}
