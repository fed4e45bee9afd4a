import type { Dialect } from '../load/client.ts'
import { type Connection, openConnection } from '../load/connection.ts'

const PATH = '/socket.io/?EIO=4&transport=websocket'
/** What a device says of a command. */
const DONE = 'done'

export type LineOptions = { port: number; dialect: Dialect; id: string; key: string }
export type LineHandlers = {
  onJoined: () => void
  /** The node has taken a report, or an answer. */
  onReported: () => void
  onAnswered: () => void
  onFault: (what: string) => void
  onEnd: () => void
}
export type Line = { report: (fix: object) => void; close: () => void }

/** Numbers under which a device asks to be answered: reports have even ones, answers odd ones. */
const REPORT = 2
const ANSWER = 3

/**
 * One device of the bench: it reports what it is told to, and says of each command at once that it is done. It reads as
 * little as it can.
 */
export const openLine = ({ port, dialect, id, key }: LineOptions, handlers: LineHandlers): Line => {
  const isOurs = dialect === 'watchfloor'
  const space = isOurs ? '/device,' : ''
  const head = `42${space}`
  const reply = `43${space}`
  const answer = (command: string): void => {
    connection.send(`${head}${ANSWER}${JSON.stringify(['answer', { id: command, state: DONE }])}`)
  }
  const event = (text: string): void => {
    const [name, payload] = JSON.parse(text) as [string, { id?: string; commands?: { id: string }[] }]
    if (name === 'hello') handlers.onJoined()
    else if (name === 'commands') for (const command of payload.commands ?? []) answer(command.id)
    else if (name === 'command') answer(payload.id ?? '')
  }
  const replied = (text: string): void => {
    if (text.includes('"error"')) handlers.onFault(text.slice(1, 100))
    if (text.startsWith(String(REPORT))) handlers.onReported()
    else if (text.startsWith(String(ANSWER))) handlers.onAnswered()
    else handlers.onJoined()
  }
  const read = (text: string): void => {
    if (text === '2') connection.send('3')
    else if (text.startsWith('0{')) connection.send(isOurs ? `40${space}${JSON.stringify({ id, key })}` : '40')
    else if (text.startsWith(`40${space}{`)) isOurs || connection.send(`420${JSON.stringify(['join', id])}`)
    else if (text.startsWith(head)) event(text.slice(head.length))
    else if (text.startsWith(reply)) replied(text.slice(reply.length))
    else if (text.startsWith('44')) handlers.onFault(text.slice(0, 100))
  }
  let isClosed = false
  const connection: Connection = openConnection(port, PATH, {
    onText: (bytes, start, end) => read(bytes.toString('utf8', start, end)),
    onBytes: () => {},
    onOpen: () => {},
    onClose: () => isClosed || handlers.onEnd(),
  })
  return {
    report: (fix) =>
      connection.send(`${head}${REPORT}${JSON.stringify(['report', isOurs ? { fixes: [fix] } : { id, fix }])}`),
    close: () => {
      isClosed = true
      connection.destroy()
    },
  }
}
