import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type RawReply = { status: number; headers: Record<string, string>; body: string }

const openTo = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/**
 * A connection on which bytes are sent as they are. `heard`: all that came so far; `ended`: resolves when the other
 * side has ended it.
 */
export const openRaw = async (url: string) => {
  const socket = await openTo(url)
  let text = ''
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1')
  })
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return { socket, heard: () => text, ended, send: (bytes: string) => socket.write(bytes, 'latin1') }
}

/** Reads whole replies from what came; throws where it is anything else. To HEAD there is no body. */
export const readReplies = (text: string, isHead = false): RawReply[] => {
  const replies: RawReply[] = []
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1])
    if (end < 0 || !status) throw new Error(`no reply: ${rest.slice(0, 200)}`)
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*: ?/, '')]),
    )
    const length = isHead ? 0 : Number(headers['content-length'] ?? 0)
    replies.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) })
    rest = rest.slice(end + 4 + length)
  }
  return replies
}

/** Sends bytes on a connection of their own and reads the one reply to them; the connection is to end with it. */
export const askRaw = async (url: string, bytes: string): Promise<RawReply> => {
  const { send, heard, ended } = await openRaw(url)
  send(bytes)
  await ended
  const [reply] = readReplies(heard(), bytes.startsWith('HEAD'))
  if (!reply) throw new Error(`no reply to ${JSON.stringify(bytes)}`)
  return reply
}

/** A request without a body, after which the connection is closed. `host` null: no such header. */
export const requestText = (
  method: string,
  target: string,
  host: string | null,
  more: readonly string[] = [],
): string =>
  [
    `${method} ${target} HTTP/1.1`,
    ...(host === null ? [] : [`Host: ${host}`]),
    'Connection: close',
    ...more,
    '',
    '',
  ].join('\r\n')
