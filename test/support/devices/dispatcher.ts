import { setTimeout as sleep } from 'node:timers/promises'
import type { CancelReply, CancelRequest, CommandReply, CommandRequest, CommandsReply } from '../../../wire/commands.ts'
import type { DeviceSnapshot, DeviceUpdate } from '../../../wire/fleet.ts'
import { deviceTopic } from '../../../wire/topics.ts'
import { openLine } from '../talkers/line.ts'
import type { followSteps } from './steps.ts'

export type Dispatcher = {
  /** Asks again and again until a node has answered; harmless, for the id is the same. */
  command: (request: CommandRequest) => Promise<CommandReply>
  /** Asks once; null where the answer was lost. */
  cancel: (request: CancelRequest) => Promise<CancelReply | null>
  isConnected: () => boolean
  close: () => void
}

export type DispatcherOptions = {
  urls: readonly string[]
  cookie: string
  first: number
  /** The devices that it watches. */
  devices: readonly string[]
  steps: Pick<ReturnType<typeof followSteps>, 'take'>
}

const ANSWERED_MS = 5000
const AGAIN_MS = 250
/** What comes and goes; anything else is an answer. */
const COMES_AND_GOES = ['unavailable', 'rate_limited']

/** Somebody who asks devices for something, on whichever node there is, and watches what becomes of it. */
export const openDispatcher = ({ urls, cookie, first, devices, steps }: DispatcherOptions): Dispatcher => {
  const follow = devices.map((id) => ({
    topic: deviceTopic(id),
    state: (snapshot: unknown) => {
      for (const command of (snapshot as DeviceSnapshot).commands ?? []) steps.take(id, command)
    },
    update: (update: unknown) => {
      for (const command of (update as DeviceUpdate).commands ?? []) steps.take(id, command)
    },
  }))
  const line = openLine({ urls, cookie, follow, connected: () => {} }, first)

  const once = async <Reply>(event: 'command' | 'cancel', request: object): Promise<Reply | null> => {
    const socket = line.socket()
    if (socket === null) return null
    try {
      return (await socket.timeout(ANSWERED_MS).emitWithAck(event, request as never)) as Reply
    } catch {
      return null
    }
  }
  return {
    command: async (request) => {
      for (;;) {
        const reply = await once<CommandReply>('command', request)
        if (reply !== null && !('error' in reply && COMES_AND_GOES.includes(reply.error.code))) return reply
        await sleep(AGAIN_MS)
      }
    },
    cancel: (request) => once<CancelReply>('cancel', request),
    isConnected: () => line.socket() !== null,
    close: line.close,
  }
}

/** All commands of a device that are kept, as HTTP tells them, oldest first. */
export const readCommands = async (url: string, cookie: string, id: string) => {
  const all: CommandsReply['commands'] = []
  for (let before: number | null = null; ; ) {
    const page = `${url}/api/devices/${encodeURIComponent(id)}/commands?limit=100${before ? `&before=${before}` : ''}`
    const response = await fetch(page, { headers: { Cookie: cookie } })
    if (!response.ok) throw new Error(`${page}: ${response.status} ${await response.text()}`)
    const { commands, next } = (await response.json()) as CommandsReply
    all.unshift(...commands.toReversed())
    if (next === null) return all
    before = next
  }
}
