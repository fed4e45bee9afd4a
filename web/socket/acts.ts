import type { Socket } from 'socket.io-client'
import type { CancelReply, CancelRequest, CommandReply, CommandRequest } from '../../wire/commands.ts'
import type { ClientToServer, ServerToClient } from '../../wire/protocol.ts'
import type { DoneReply, HereRequest, MarkRequest, SayReply, SayRequest } from '../../wire/rooms.ts'

/** What is done by people, rather than watched. Each rejects where no answer comes in time. */
export type Acts = {
  say: (request: SayRequest) => Promise<SayReply>
  mark: (request: MarkRequest) => Promise<DoneReply>
  here: (request: HereRequest) => Promise<DoneReply>
  command: (request: CommandRequest) => Promise<CommandReply>
  cancel: (request: CancelRequest) => Promise<CancelReply>
}

export const actsOver = (socket: Socket<ServerToClient, ClientToServer>, withinMs: number): Acts => ({
  say: (request) => socket.timeout(withinMs).emitWithAck('say', request),
  mark: (request) => socket.timeout(withinMs).emitWithAck('mark', request),
  here: (request) => socket.timeout(withinMs).emitWithAck('here', request),
  command: (request) => socket.timeout(withinMs).emitWithAck('command', request),
  cancel: (request) => socket.timeout(withinMs).emitWithAck('cancel', request),
})
