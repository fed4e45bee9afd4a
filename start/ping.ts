import { connect } from 'node:net'

/**
 * Sends commands (words only, no spaces in them) to a Redis on the loopback address and returns the raw reply of all;
 * '' where nobody answers. For a server that is starting or may be gone, where a client's own reconnecting would be in
 * the way.
 */
export const ask = (port: number, commands: readonly string[], timeoutMs = 1000): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let reply = ''
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.on('data', (data) => {
      reply += data
    })
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => resolve(reply))
    socket.write(`${[...commands, 'QUIT'].join('\r\n')}\r\n`)
  })

/** Whether a Redis answers there, has read its data and takes this password. */
export const ping = async (port: number, password: string): Promise<boolean> =>
  (await ask(port, [`AUTH ${password}`, 'PING'])).includes('+PONG')
