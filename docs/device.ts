import { io, type Socket } from 'socket.io-client'
import { keepTrying, oneByOne } from './device-line.ts'
import { createNodeClock } from './node-clock.ts'

export type Fix = { n?: number; t: number; lat: number; lon: number; [more: string]: unknown }
/** What is told besides fixes. `every`: seconds between reports; `takes`: the kinds of commands that it understands. */
export type Life = { parked?: boolean; every?: number; takes?: string[]; attributes?: object }
export type Command = { id: string; kind: string; args: Record<string, string | number | boolean>; until: number }
export type Outcome = { state: 'done' | 'failed' | 'refused'; reason?: string; answer?: string }
/** What became of a command; `told` once the node has taken it. */
export type Noted = { state: Outcome['state'] | 'acknowledged'; reason?: string; answer?: string; told?: boolean }

export type Device = {
  id: string
  key: string
  life?: Life
  /** Begins a command at once, and says what came of it. `isLate`: to be asked again before what it does later. */
  obey: (command: Command, isLate: () => boolean) => Outcome | Promise<Outcome>
  /** The last commands by their ids. Hand in what was saved, so that none is done twice, whatever restarts. */
  journal: Map<string, Noted>
  /** Called at each change of the journal: before a command is begun, too. */
  save?: () => void
  /** It is not let in for now; it goes on trying. */
  refused?: (code: string) => void
}

/** Fixes that are kept while nobody takes them, and that one report may have; commands in the journal. */
const [MOST_KEPT, MOST_REPORTED, MOST_NOTED] = [10_000, 200, 1000]
/** A device that has nothing to report says that often that it is there. */
const LIFE_EVERY_MS = 60_000

/** Fixes and signs of life, which are kept until the node has taken them. */
const createReports = (socket: Socket, first: Life) => {
  /** What became of fixes; `why`: of the last one that was refused. */
  const account = { accepted: 0, repeats: 0, refused: 0, dropped: 0, why: '' }
  const kept: Fix[] = []
  let [number, underWay, isQuiet] = [0, 0, true]
  let [life, sending, told]: [Life, Life | null, Life | null] = [first, null, null]
  const next = () => {
    if (kept.length === 0 && told === life) return null
    sending = life
    underWay = Math.min(kept.length, MOST_REPORTED)
    return { ...(told !== life && life), ...(underWay > 0 && { fixes: kept.slice(0, underWay) }) }
  }
  const send = oneByOne(socket, 'report', next, (_, { accepted = 0, repeats = 0, refused: wrong = [], error }) => {
    account.accepted += accepted
    account.repeats += repeats
    account.refused += error ? underWay : wrong.length // what is not understood now never will be
    account.why = error?.message ?? wrong.at(-1) ?? account.why
    kept.splice(0, underWay)
    underWay = 0
    told = sending
    isQuiet = false
  })
  /** Tells what it is once more: to another node, or since nothing else went for long. */
  const tellAgain = () => {
    told = null
    void send()
  }
  const beat = setInterval(() => {
    if (isQuiet) tellAgain()
    isQuiet = true
  }, LIFE_EVERY_MS)
  return {
    account,
    kept: () => kept.length,
    fix: (fix: Fix) => {
      number = Math.max(number + 1, fix.t * 1000)
      kept.push({ n: number, ...fix })
      if (kept.length > MOST_KEPT) account.dropped += kept.splice(underWay, 1).length
      void send()
    },
    tell: (more: Life) => {
      life = { ...life, ...more }
      void send()
    },
    tellAgain,
    stop: () => clearInterval(beat),
  }
}

type Commanded = Pick<Device, 'obey' | 'journal' | 'save'> & { now: () => number; isClosed: () => boolean }

/** Commands: each is noted before it is begun, done once, and answered until the node has taken the answer. */
const createCommands = (socket: Socket, { obey, journal, save, now, isClosed }: Commanded) => {
  const next = () => {
    for (const [id, { told, ...said }] of journal) if (!told) return { id, ...said }
    return null
  }
  const answer = oneByOne(socket, 'answer', next, ({ id, ...said }) => {
    if (journal.get(id)?.state === said.state) journal.set(id, { ...said, told: true })
    save?.()
  })
  const note = (id: string, noted: Noted) => {
    journal.set(id, noted)
    const [oldest = ''] = journal.keys()
    if (journal.size > MOST_NOTED) journal.delete(oldest)
    save?.()
    void answer()
  }
  const take = async (command: Command) => {
    const known = journal.get(command.id)
    if (known) return note(command.id, { ...known, told: false }) // the node did not hear it
    const isLate = () => now() > command.until
    if (isLate()) return note(command.id, { state: 'refused', reason: 'It came too late.' })
    note(command.id, { state: 'acknowledged' })
    const failed = (error: unknown): Outcome => ({ state: 'failed', reason: String(error).slice(0, 500) })
    const outcome = await (async () => obey(command, isLate))().catch(failed)
    if (!isClosed()) note(command.id, outcome)
  }
  for (const [id, { state }] of journal)
    if (state === 'acknowledged') note(id, { state: 'failed', reason: 'The device restarted before it was done.' })
  return { take, answer }
}

export const connectDevice = (url: string, { id, key, refused, life = {}, ...commanded }: Device) => {
  const clock = createNodeClock()
  const auth = (give: (auth: object) => void) => {
    clock.ask()
    give({ id, key })
  }
  const socket = io(new URL('/device', url).href, { transports: ['websocket'], forceNew: true, auth })
  let phase: 'awake' | 'asleep' | 'closed' = 'awake'
  const reports = createReports(socket, life)
  const ports = { ...commanded, now: clock.now, isClosed: () => phase === 'closed' }
  const { take, answer } = createCommands(socket, ports)
  const stopTrying = keepTrying(socket, () => phase === 'awake', refused)
  socket.on('hello', ({ at }: { at: number }) => {
    clock.hello(at)
    reports.tellAgain()
    void answer()
  })
  socket.on('commands', ({ at, commands }: { at: number; commands: Command[] }) => {
    clock.heard(at)
    for (const command of commands) void take(command)
  })
  const end = (next: typeof phase) => {
    phase = next
    stopTrying()
    socket.disconnect()
  }

  return {
    account: reports.account,
    kept: reports.kept,
    isConnected: () => socket.connected,
    /** Numbers a fix that has no number, and sends it, now or later. */
    fix: reports.fix,
    tell: reports.tell,
    /** Without a connection it keeps what it has to say: a radio that is off saves power. */
    sleep: () => end('asleep'),
    wake: () => {
      phase = 'awake'
      socket.io.reconnection(true)
      socket.connect()
    },
    close: () => {
      reports.stop()
      end('closed')
    },
  }
}
