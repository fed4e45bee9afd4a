import { computed } from '@preact/signals'
import type { CommandKind, CommandKindsReply } from '../../../wire/commands.ts'
import type { Calls } from '../calls.ts'
import { createListed } from '../listed.ts'

/** What may be asked of devices, as the node describes it: read once, when it is first needed. */
export const createCommandKinds = (calls: Pick<Calls, 'get'>) => {
  const { list, load } = createListed(
    () => calls.get<CommandKindsReply>('/api/command-kinds'),
    ({ kinds }) => kinds,
  )
  const byName = computed<ReadonlyMap<string, CommandKind>>(
    () => new Map(list.value.rows.map((kind) => [kind.name, kind])),
  )
  let needed = false
  return {
    list,
    load,
    need: (): void => {
      if (needed) return
      needed = true
      void load()
    },
    /** Undefined where the node does not describe it, or has not yet. */
    find: (name: string): CommandKind | undefined => byName.value.get(name),
    titleOf: (name: string): string => byName.value.get(name)?.title ?? name.replaceAll('_', ' '),
  }
}
export type CommandKinds = ReturnType<typeof createCommandKinds>
