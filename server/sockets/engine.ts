import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'

/** Pieces in which one message may come: more than the longest has over any network, and few enough to keep. */
const MOST_PIECES = 2048
const CAPS = {
  /** How long an end in order may take, in milliseconds. */
  closeTimeout: 1000,
  maxFragments: MOST_PIECES,
  maxBufferedChunks: MOST_PIECES,
}

/** Socket.IO's option `wsEngine`: ws with caps of ours. `opened` is called before anything of a WebSocket is read. */
export const createEngine = (opened: (webSocket: WebSocket, request: IncomingMessage) => void) =>
  class extends WebSocketServer {
    constructor(options: ServerOptions) {
      super({ ...options, ...CAPS })
    }

    override handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      callback: (webSocket: WebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, socket, head, (webSocket) => {
        opened(webSocket, request)
        callback(webSocket, request)
      })
    }
  }
