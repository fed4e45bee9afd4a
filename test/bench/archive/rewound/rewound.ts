import { io, type Socket } from 'socket.io-client'
import { PAST_NAMESPACE } from '../../../../wire/past.ts'
import { symbolTopic } from '../../../../wire/topics.ts'
import { type Floor, symbolName, watchSets } from '../../floor.ts'

/** What the process of rewound clients can be asked. `at`: where their clocks begin (Unix ms). */
export type RewoundCalls = {
  open: (options: { port: number; floor: Floor; at: number; speed: number }) => Promise<void>
  /** Frames of updates that came since the last time, to all of them. */
  mark: (argument: null) => { frames: number }
}

const ANSWERED_MS = 30_000

const joined = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a client of the past was not greeted')), ANSWERED_MS)
    socket.once('hello', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.once('connect_error', (error) => reject(new Error(`a client of the past was refused: ${error.message}`)))
  })

/** People who look at a moment of the past, each with a clock of their own that goes on. */
export const createRewound = (): RewoundCalls => {
  let frames = 0
  return {
    open: async ({ port, floor, at, speed }) => {
      for (const [i, symbols] of watchSets(floor).entries()) {
        const socket: Socket = io(`http://127.0.0.1:${port}${PAST_NAMESPACE}`, {
          transports: ['websocket'],
          forceNew: true,
          reconnection: false,
          auth: { at: at + i, speed },
        })
        socket.on('updates', () => {
          frames++
        })
        await joined(socket)
        const topics = symbols.map((symbol) => ({ topic: symbolTopic(symbolName(symbol)) }))
        const reply = await socket.timeout(ANSWERED_MS).emitWithAck('watch', { topics })
        if ('error' in reply) throw new Error(`a client of the past may not watch: ${reply.error.message}`)
      }
    },
    mark: () => {
      const came = frames
      frames = 0
      return { frames: came }
    },
  }
}
