import { type ReadonlySignal, signal } from '@preact/signals'
import { type Command, type CommandsReply, isOpen } from '../../../wire/commands.ts'
import type { Calls } from '../calls.ts'
import type { Listed } from '../listed.ts'

const PAGE = 20

/** The later standing of one command: what is final does not change any more, and else the last change counts. */
const later = (a: Command, b: Command): Command => {
  if (isOpen(a.state) !== isOpen(b.state)) return isOpen(a.state) ? b : a
  return b.at >= a.at ? b : a
}

/** Commands of a device from several sources as one list, each once and as it stands last, the newest first. */
export const joinCommands = (...sources: readonly (readonly Command[])[]): Command[] => {
  const all = new Map<string, Command>()
  for (const command of sources.flat()) {
    const known = all.get(command.id)
    all.set(command.id, known === undefined ? command : later(known, command))
  }
  return [...all.values()].toSorted((a, b) => b.c - a.c)
}

/** A device's earlier commands, page by page. */
export const createHistory = (calls: Pick<Calls, 'get'>, id: string) => {
  const list = signal<Listed<Command>>({ phase: 'ready', error: null, rows: [] })
  /** The `before` of the next page; undefined: none was read yet; null: there is none. */
  const next = signal<number | null | undefined>(undefined)

  const read = async (): Promise<void> => {
    const before = next.peek()
    if (before === null || list.peek().phase === 'loading') return
    const { rows } = list.peek()
    list.value = { phase: 'loading', error: null, rows }
    const from = before === undefined ? '' : `&before=${before}`
    const reply = await calls.get<CommandsReply>(`/api/devices/${encodeURIComponent(id)}/commands?limit=${PAGE}${from}`)
    if ('error' in reply) list.value = { phase: 'error', error: reply.error.message, rows }
    else {
      list.value = { phase: 'ready', error: null, rows: [...rows, ...reply.commands] }
      next.value = reply.next
    }
  }
  return {
    list: list as ReadonlySignal<Listed<Command>>,
    next: next as ReadonlySignal<number | null | undefined>,
    /** Reads one page more. */
    read,
  }
}
export type CommandHistory = ReturnType<typeof createHistory>
