import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, it } from 'vitest'
import { stopParsing } from '../../../server/http/parsing.ts'
import { askRaw, requestText } from '../../support/raw-http.ts'

it('makes no requests of the rest of a piece once a connection is to go, and leaves those that come later alone', async () => {
  let seen = 0
  const server = createServer(({ socket, url }, response) => {
    if (url === '/fine') return void response.setHeader('Content-Length', 0).end()
    if (++seen !== 5) return
    stopParsing(socket)
    socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  for (let i = 0; i < 20; i++) {
    seen = 0
    const greedy = connect(port, '127.0.0.1').on('error', () => {})
    greedy.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500))
    await once(greedy, 'close')
    expect(seen).toBe(5)
    // Parsers are used again for other connections.
    const fine = await askRaw(`http://127.0.0.1:${port}`, requestText('GET', '/fine', 'localhost'))
    expect(fine.status).toBe(200)
  }
  server.close()
})
