import { serveWithAdapter } from './serve-with-adapter.ts'

type Reply = (reply: object) => void
type Reported = { id: string; fix: object }
type Command = { id: string; to: string; kind: string; args: object }
type Answer = { id: string; state: string }

/**
 * Devices as Socket.IO's guides would have them, with the Redis adapter: a room for each device and one for those who
 * watch it, `io.to(device).emit` for a command. Nothing is kept: a fix that nobody watches is gone, and so is a command
 * to a device that is away. No device has a key. WebSocket only and without compression, as it would be tuned.
 */
export const startDevices = (redisUrl: string, port: number): Promise<unknown> =>
  serveWithAdapter(redisUrl, port, (socket, io) => {
    socket.on('join', async (device: string, reply?: Reply) => {
      await socket.join(device)
      reply?.({ done: true })
    })
    socket.on('watch', async (devices: string[], reply?: Reply) => {
      await socket.join(devices.map((id) => `watch ${id}`))
      reply?.({ done: true })
    })
    socket.on('report', ({ id, fix }: Reported, reply?: Reply) => {
      io.to(`watch ${id}`).emit('fix', { id, fix })
      reply?.({ accepted: 1 })
    })
    socket.on('command', (command: Command, reply?: Reply) => {
      io.to(command.to).emit('command', command)
      reply?.({ done: true })
    })
    socket.on('answer', (answer: Answer, reply?: Reply) => {
      io.to('desks').emit('answer', answer)
      reply?.({ done: true })
    })
  })
