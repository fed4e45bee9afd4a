import { connect } from 'node:net'
import { valueEnd } from './resp-frames.ts'

const encode = (line: string): string => {
  const words = line.split(' ')
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/** The values at the start of these bytes, each as it stands. */
const values = (bytes: string): string[] => {
  const found: string[] = []
  for (let from = 0; from < bytes.length; ) {
    const to = valueEnd(bytes, from)
    if (to < 0) break
    found.push(bytes.slice(from, to))
    from = to
  }
  return found
}

/**
 * Sends commands to one server, whatever it is (a sentinel, a replica, a part of a cluster), on a connection for this
 * alone, and answers the raw reply of each; '' for all that it did not answer in time. Words are parted by single
 * spaces.
 */
export const askServer = (
  port: number,
  password: string,
  commands: readonly string[],
  timeoutMs = 1000,
): Promise<string[]> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const timer = setTimeout(() => socket.destroy(), timeoutMs)
    let bytes = ''
    let replies: string[] = []
    socket.setEncoding('latin1')
    socket.on('data', (data) => {
      bytes += data
      replies = values(bytes)
      if (replies.length > commands.length) socket.destroy()
    })
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(commands.map((_, place) => replies[place + 1] ?? ''))
    })
    socket.write([`AUTH ${password}`, ...commands].map(encode).join(''))
  })
