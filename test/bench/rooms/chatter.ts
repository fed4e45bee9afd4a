import type { WatchReply } from '../../../wire/protocol.ts'
import type { Dialect } from '../load/client.ts'
import { type Connection, openConnection } from '../load/connection.ts'

const PATH = '/socket.io/?EIO=4&transport=websocket'
/** Every text begins with the time at which it was written, and its number. */
const TEXT = Buffer.from('"text":"T')
const BLANK = 0x20

export const textOf = (now: number, n: number): string =>
  `T${now.toFixed(3)} ${n} Anyone else seeing the spread on this one widen? I will be back at my desk in ten minutes.`

export type ChatterOptions = { port: number; dialect: Dialect; cookie: string | null }

type Ports = {
  count: { frames: number; bytes: number }
  /** A message came: when it was written (Unix ms), and its number. */
  got: (at: number, n: number) => void
  onWhole: () => void
  onEnd: () => void
}

export type Chatter = {
  say: (n: number, text: string) => void
  /** What it wrote and was not acknowledged yet. */
  waiting: () => number
}

/** One client of a chat, that reads nothing of a message but when it was written and which it is. */
export const openChatter = ({ port, dialect, cookie }: ChatterOptions, ports: Ports): Chatter => {
  const { count, got, onWhole, onEnd } = ports
  let waiting = 0
  const scan = (bytes: Buffer, start: number, end: number): void => {
    for (let at = bytes.indexOf(TEXT, start); at >= 0 && at < end; at = bytes.indexOf(TEXT, at)) {
      at += TEXT.length
      const middle = bytes.indexOf(BLANK, at)
      const last = bytes.indexOf(BLANK, middle + 1)
      got(Number(bytes.toString('latin1', at, middle)), Number(bytes.toString('latin1', middle + 1, last)))
    }
  }
  const join = (): void => {
    if (dialect === 'watchfloor') connection.send('420["watch",{"topics":[{"topic":"m:desk"}]}]')
    else connection.send('420["join",["desk"]]')
  }
  const joined = (bytes: Buffer, start: number, end: number): void => {
    if (dialect === 'watchfloor') {
      const [reply] = JSON.parse(bytes.toString('utf8', start + 3, end)) as [WatchReply]
      if ('error' in reply || reply.results[0]?.kind === 'error') throw new Error(JSON.stringify(reply))
    }
    onWhole()
  }
  const acknowledged = (bytes: Buffer, start: number, end: number): void => {
    const text = bytes.toString('utf8', start, end)
    if (text.includes('"error"')) throw new Error(text)
    waiting--
  }
  const connection: Connection = openConnection(
    port,
    PATH,
    {
      onText: (bytes, start, end) => {
        count.frames++
        const head = bytes.toString('latin1', start, Math.min(end, start + 4))
        if (head.startsWith('42[')) scan(bytes, start, end)
        else if (head === '430[') joined(bytes, start, end)
        else if (head.startsWith('43')) acknowledged(bytes, start, end)
        else if (head === '2') connection.send('3')
        else if (head.startsWith('0{')) connection.send('40')
        else if (head.startsWith('40')) join()
      },
      onBytes: (taken) => {
        count.bytes += taken
      },
      onOpen: () => {},
      onClose: onEnd,
    },
    cookie === null ? [] : [`Cookie: ${cookie}`],
  )
  return {
    say: (n, text) => {
      waiting++
      const room = dialect === 'watchfloor' ? 'm:desk' : 'desk'
      connection.send(`42${n + 1}${JSON.stringify(['say', { room, id: String(n), text }])}`)
    },
    waiting: () => waiting,
  }
}
