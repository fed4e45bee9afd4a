import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { afterEach } from 'vitest'
import { connectDevice, type Device } from '../../../docs/device.ts'
import type { Sent } from '../../../wire/commands.ts'
import type { Answer, Report, ReportedFix } from '../../../wire/devices.ts'

const undo: (() => unknown)[] = []
/** Closes after each test what it opened. */
export const undoAfterEach = (): void =>
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })

export type Given = {
  error?: { code: string; message?: string }
  done?: true
  accepted?: number
  repeats?: number
  refused?: string[]
}

/** A node by hand. `takes`: what it replies to a report; `null`: nothing. */
export const startNode = async (port = 0) => {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'] })
  undo.push(() => io.close())
  const reports: Report[] = []
  const answers: Answer[] = []
  const sockets: Socket[] = []
  const node = {
    url: '',
    reports,
    answers,
    sockets,
    at: (): number => Date.now(),
    takes: ({ fixes = [] }: Report): Given | null => ({ accepted: fixes.length, repeats: 0, refused: [] }),
    takesAnswer: (_answer: Answer): Given | null => ({ done: true }),
    letsIn: (_auth: object): string | null => null,
    fixes: (): ReportedFix[] => reports.flatMap(({ fixes = [] }) => fixes),
    command: (...commands: Sent[]) => sockets.at(-1)?.emit('commands', { at: node.at(), commands }),
    stop: () => io.close(),
  }
  const devices = io.of('/device')
  devices.use((socket, next) => {
    const code = node.letsIn(socket.handshake.auth)
    next(code === null ? undefined : Object.assign(new Error(code), { data: { code } }))
  })
  devices.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('report', (report: Report, reply: (given: Given) => void) => {
      reports.push(report)
      const given = node.takes(report)
      if (given) reply(given)
    })
    socket.on('answer', (answer: Answer, reply: (given: Given) => void) => {
      answers.push(answer)
      const given = node.takesAnswer(answer)
      if (given) reply(given)
    })
    socket.emit('hello', { node: 'one', at: node.at() })
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  node.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return node
}

export const connect = (url: string, more: Partial<Device> = {}) => {
  const client = connectDevice(url, {
    id: 'VAN-8',
    key: 'secret',
    journal: new Map(),
    obey: () => ({ state: 'done' }),
    ...more,
  })
  undo.push(client.close)
  return client
}
export const fix = (t: number) => ({ t, lat: 30.25, lon: -97.75 })
export const command = (id: string, until = Date.now() + 60_000): Sent => ({ id, kind: 'stop', args: {}, until })
export const states = (answers: Answer[], id: string) => answers.flatMap((each) => (each.id === id ? [each.state] : []))
