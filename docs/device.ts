import { io } from 'socket.io-client'
import { createNodeClock } from './node-clock.ts'

export type Fix = { n?: number; t: number; lat: number; lon: number; [more: string]: unknown }
/** What is told besides fixes. `every`: seconds between reports; `takes`: the kinds of commands that it understands. */
export type Life = { parked?: boolean; every?: number; takes?: string[]; attributes?: object }
export type Command = { id: string; kind: string; args: Record<string, string | number | boolean>; until: number }
export type Outcome = { state: 'done' | 'failed' | 'refused'; reason?: string; answer?: string }
/** What became of a command; `told` once the node has taken it. */
export type Noted = { state: Outcome['state'] | 'acknowledged'; reason?: string; answer?: string; told?: boolean }
type Reply = { accepted?: number; repeats?: number; refused?: string[]; error?: { code: string; message?: string } }

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
const REPLY_WITHIN_MS = 20_000
/** A device that has nothing to report says that often that it is there. */
const LIFE_EVERY_MS = 60_000
const AGAIN = ['unavailable', 'rate_limited']

export const connectDevice = (url: string, { id, key, obey, journal, save, refused, ...device }: Device) => {
  /** What became of fixes; `why`: of the last one that was refused. */
  const account = { accepted: 0, repeats: 0, refused: 0, dropped: 0, why: '' }
  const clock = createNodeClock()
  const auth = (give: (auth: object) => void) => {
    clock.ask()
    give({ id, key })
  }
  const socket = io(new URL('/device', url).href, { transports: ['websocket'], forceNew: true, auth })
  let phase: 'awake' | 'asleep' | 'closed' = 'awake'

  /** Sends one message after the other. What is not taken is sent again: soon, or by the next connection. */
  const oneByOne = <M>(event: string, next: () => M | null, taken: (message: M, reply: Reply) => void) => {
    let isWaiting = false
    const send = async (): Promise<void> => {
      const message = isWaiting || !socket.connected ? null : next()
      if (message === null) return
      isWaiting = true
      const reply: Reply | null = await socket
        .timeout(REPLY_WITHIN_MS)
        .emitWithAck(event, message)
        .catch(() => null)
      const again = reply?.error !== undefined && AGAIN.includes(reply.error.code)
      if (again) await new Promise((resolve) => setTimeout(resolve, 1000 + 1000 * Math.random()))
      isWaiting = false
      if (reply === null && socket.connected) socket.disconnect().connect() // no answer: begin again
      if (reply !== null && !again) taken(message, reply)
      return send()
    }
    return send
  }

  const kept: Fix[] = []
  let [number, underWay, isQuiet] = [0, 0, true]
  let life = device.life ?? {}
  let sending: Life | null = null
  let told: Life | null = null
  const nextReport = () => {
    if (kept.length === 0 && told === life) return null
    sending = life
    underWay = Math.min(kept.length, MOST_REPORTED)
    return { ...(told !== life && life), ...(underWay > 0 && { fixes: kept.slice(0, underWay) }) }
  }
  const report = oneByOne('report', nextReport, (_, { accepted = 0, repeats = 0, refused: wrong = [], error }) => {
    account.accepted += accepted
    account.repeats += repeats
    account.refused += error ? underWay : wrong.length // what is not understood now never will be
    account.why = error?.message ?? wrong.at(-1) ?? account.why
    kept.splice(0, underWay)
    underWay = 0
    told = sending
    isQuiet = false
  })

  const nextAnswer = () => {
    for (const [id, { told, ...said }] of journal) if (!told) return { id, ...said }
    return null
  }
  const answer = oneByOne('answer', nextAnswer, ({ id, ...said }) => {
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
    const isLate = () => clock.now() > command.until
    if (isLate()) return note(command.id, { state: 'refused', reason: 'It came too late.' })
    note(command.id, { state: 'acknowledged' })
    const failed = (error: unknown): Outcome => ({ state: 'failed', reason: String(error).slice(0, 500) })
    const outcome = await (async () => obey(command, isLate))().catch(failed)
    if (phase !== 'closed') note(command.id, outcome)
  }
  for (const [id, { state }] of journal)
    if (state === 'acknowledged') note(id, { state: 'failed', reason: 'The device restarted before it was done.' })

  let trying: ReturnType<typeof setTimeout> | undefined
  const connectIn = (ms: number) => {
    clearTimeout(trying)
    trying = setTimeout(() => {
      socket.io.reconnection(true)
      if (phase === 'awake') socket.disconnect().connect()
    }, ms)
  }
  socket.on('hello', ({ at }: { at: number }) => {
    clock.hello(at)
    told = null
    void report()
    void answer()
  })
  socket.on('commands', ({ at, commands }: { at: number; commands: Command[] }) => {
    clock.heard(at)
    for (const command of commands) void take(command)
  })
  socket.on('connect_error', (error) => {
    if (socket.active) return // nobody is there: it is tried again anyway
    const { code = 'unavailable' } = (error as { data?: { code?: string } }).data ?? {}
    refused?.(code)
    connectIn((AGAIN.includes(code) ? 5000 : 60_000) * (1 + Math.random()))
  })
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect') connectIn(1000 + 1000 * Math.random())
  })
  socket.on('notice', ({ kind, reconnectMs }: { kind: string; reconnectMs: number }) => {
    if (kind !== 'shutdown') return
    socket.io.reconnection(false) // not sooner, should the node be gone before
    connectIn(reconnectMs)
  })
  const beat = setInterval(() => {
    if (isQuiet) told = null
    isQuiet = true
    void report()
  }, LIFE_EVERY_MS)
  const end = (next: typeof phase) => {
    phase = next
    clearTimeout(trying)
    socket.disconnect()
  }

  return {
    account,
    kept: () => kept.length,
    isConnected: () => socket.connected,
    /** Numbers a fix that has no number, and sends it, now or later. */
    fix: (fix: Fix) => {
      number = Math.max(number + 1, fix.t * 1000)
      kept.push({ n: number, ...fix })
      if (kept.length > MOST_KEPT) account.dropped += kept.splice(underWay, 1).length
      void report()
    },
    tell: (more: Life) => {
      life = { ...life, ...more }
      void report()
    },
    /** Without a connection it keeps what it has to say: a radio that is off saves power. */
    sleep: () => end('asleep'),
    wake: () => {
      phase = 'awake'
      socket.connect()
    },
    close: () => {
      clearInterval(beat)
      end('closed')
    },
  }
}
