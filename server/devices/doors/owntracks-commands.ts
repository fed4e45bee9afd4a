import type { Command, Sent } from '../../../wire/commands.ts'
import type { Answer } from '../../../wire/devices.ts'
import type { DevicePorts } from '../ports.ts'
import type { OwnTracks } from './owntracks.ts'
import { messageOf, placeTime } from './owntracks-reply.ts'

/** Commands that are looked through for one that was carried out. */
const MOST_LOOKED_AT = 100
/** A reply that comes so long (ms) after a deadline is not to that command. */
const LATE_MS = 10 * 60_000
const CANNOT = 'OwnTracks cannot do this'

export type IsDone = (command: Pick<Command, 'kind' | 'until'>) => boolean

/** Which commands a message shows to be carried out, for the app names none; null: it shows nothing of the kind. */
export const doneBy = ({ isReply, entered, report }: OwnTracks): IsDone | null => {
  if (!isReply && entered.length === 0) return null
  const since = (report?.fixes?.at(-1)?.t ?? 0) - LATE_MS
  return (command) =>
    command.kind === 'report_now'
      ? isReply && command.until >= since
      : command.kind === 'go_to' && entered.includes(placeTime(command))
}

/** Closes the commands that were carried out. Rejects where Redis cannot be asked. */
export const createClosing =
  ({ history, answering }: Pick<DevicePorts, 'history' | 'answering'>) =>
  async (id: string, isDone: IsDone): Promise<void> => {
    const { commands } = await history.commands(id, { limit: MOST_LOOKED_AT })
    for (const command of commands) {
      const wasSent = ['sent', 'acknowledged', 'unknown'].includes(command.state)
      if (wasSent && isDone(command)) await answering(id, { id: command.id, state: 'done' })
    }
  }

/** Commands as the app can be given them; what it cannot do is refused in its name. */
export const toOwnTracks = (
  commands: readonly Sent[],
): { messages: { message: object; until: number }[]; refused: Answer[] } => {
  const written = commands.map((command) => ({ command, message: messageOf(command) }))
  return {
    messages: written.flatMap(({ command: { until }, message }) => (message ? [{ message, until }] : [])),
    refused: written.flatMap(({ command: { id }, message }) =>
      message ? [] : [{ id, state: 'refused' as const, reason: CANNOT }],
    ),
  }
}
