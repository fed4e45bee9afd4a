import type { Command, Sent } from '../../wire/commands.ts'
import type { Faults } from '../faults.ts'
import { RETRY_MS, type Send } from './sending.ts'

/** What could not be asked of Redis is asked again after so long, in milliseconds. */
const AGAIN_MS = 1000

export type CommandSendingPorts = {
  send: Send
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
  faults: Faults
}

export type CommandSending = {
  /** Sends what may go out; also what was sent so long ago and is not acknowledged. */
  send: (retryMs: number) => void
  /** Takes what the topic tells of commands: those that are queued are sent. */
  note: (commands: readonly Command[]) => void
  /** What was known of commands is not right any more. */
  forget: () => void
  /** Sends again what is due. */
  tick: () => void
  close: () => void
}

/** Of a connection that carries no commands. */
export const NOTHING_SENT: CommandSending = {
  send: () => {},
  note: () => {},
  forget: () => {},
  tick: () => {},
  close: () => {},
}

/** Has the commands of one connected device sent, one call at a time. */
export const createCommandSending = (
  { send, now, faults }: CommandSendingPorts,
  id: string,
  deliver: (commands: readonly Sent[]) => void,
): CommandSending => {
  /** Commands that were sent, and that the device has not acknowledged. */
  const unanswered = new Set<string>()
  /** How long ago something must have been sent to go out again, in the next call; null: none is needed. */
  let wanted: number | null = null
  let nextAt = 0
  let sending = false
  let closed = false

  const want = (retryMs: number): void => {
    wanted = Math.min(wanted ?? retryMs, retryMs)
  }
  /** Returns false where Redis is away: the clock tries again. */
  const sendOnce = async (retryMs: number): Promise<boolean> => {
    const commands = await send(id, retryMs).catch(() => null)
    nextAt = now() + (commands === null ? AGAIN_MS : RETRY_MS)
    if (commands === null) {
      want(retryMs)
      return false
    }
    for (const command of commands) unanswered.add(command.id)
    if (commands.length > 0 && !closed) deliver(commands)
    return true
  }
  const run = async (): Promise<void> => {
    sending = true
    try {
      while (wanted !== null && !closed) {
        const retryMs = wanted
        wanted = null
        if (!(await sendOnce(retryMs))) return
      }
    } finally {
      sending = false
    }
  }
  const guarded = faults.guard('device.connection', run, undefined, id)
  const sendSoon = (retryMs: number): void => {
    want(retryMs)
    if (!sending && !closed) guarded()
  }
  return {
    send: sendSoon,
    note: (commands) => {
      for (const { id: command, state } of commands) {
        if (state === 'sent') unanswered.add(command)
        else unanswered.delete(command)
      }
      if (commands.some(({ state }) => state === 'queued')) sendSoon(RETRY_MS)
    },
    forget: () => unanswered.clear(),
    tick: () => {
      if ((wanted !== null || unanswered.size > 0) && now() >= nextAt) sendSoon(RETRY_MS)
    },
    close: () => {
      closed = true
    },
  }
}
