import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { isUnderWay } from '../../../../wire/commands.ts'
import { type CommandHistory, createHistory, joinCommands } from '../../../state/commands/history.ts'
import { stateInWords } from '../../../state/commands/words.ts'
import type { Selected } from '../../../state/selection.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { CommandRow } from './CommandRow.tsx'
import { useCommanding } from './commanding-context.ts'
import { DeviceAsk, isUnread } from './DeviceAsk.tsx'
import { EarlierCommands } from './EarlierCommands.tsx'
import { ErrandRow } from './ErrandRow.tsx'
import { useMayAsk } from './use-offered.ts'

/** The device's commands from all that tells of them, the newest first, and what no node has taken yet. */
const useCommandsOf = (device: Selected, history: CommandHistory) => {
  const { taken, errands } = useCommanding()
  const mine = taken.value.filter((one) => one.device === device.id).map(({ command }) => command)
  const commands = joinCommands(history.list.value.rows, mine, device.commands)
  return {
    commands,
    underWay: commands.filter(({ state }) => isUnderWay(state)),
    over: commands.filter(({ state }) => !isUnderWay(state)),
    waiting: errands.errands.value.filter(({ about }) => about === `d:${device.id}`),
  }
}

const Commands = ({ device }: { device: Selected }) => {
  const { id, life } = device
  const { kinds, cancel, calls } = useCommanding()
  const { link, now } = useFloor()
  const asking = useSignal(false)
  const section = useRef<HTMLElement>(null)
  const history = useMemo(() => createHistory(calls, id), [calls, id])
  const { commands, underWay, over, waiting } = useCommandsOf(device, history)
  const may = useMayAsk({ devices: [id] })('command')
  useEffect(() => kinds.need(), [kinds])
  useEffect(() => {
    if (asking.value) section.current?.scrollIntoView({ block: 'nearest' })
  }, [asking.value])
  void link.silentFor.value
  const serverNow = link.clock.serverTime(now())
  const [newest] = commands
  if (!may && newest === undefined) return null
  return (
    <section ref={section} class="commands" aria-label="Commands" data-open={underWay.length}>
      <header class="commands-head">
        <h3>Commands</h3>
        {may && (life?.takes?.length ?? 0) > 0 && (
          <button
            type="button"
            class="button small"
            aria-expanded={asking.value}
            onClick={() => {
              asking.value = !asking.value
            }}
          >
            {asking.value ? 'Close' : 'New command'}
          </button>
        )}
      </header>
      <DeviceAsk device={device} asking={asking} />
      {isUnread(device) && <span class="bone" role="status" aria-label="Loading" />}
      {newest !== undefined && (
        <p class="unseen" role="status">
          {kinds.titleOf(newest.kind)}: {stateInWords(newest)}
        </p>
      )}
      <ul class="command-list" aria-label="Open commands">
        {waiting.map((errand) => (
          <ErrandRow key={errand.id} errand={errand} />
        ))}
        {underWay.map((command) => (
          <CommandRow
            key={command.id}
            command={command}
            serverNow={serverNow}
            onCancel={command.state === 'queued' && may ? () => cancel(id, command.id) : null}
          />
        ))}
      </ul>
      <EarlierCommands over={over} history={history} serverNow={serverNow} />
    </section>
  )
}

/** Commands of the device that is selected: what may be asked of it, what was, and what became of that. */
export const DeviceCommands = () => {
  const device = useFloor().selection.selected.value
  return device === null || device.phase === 'refused' ? null : <Commands key={device.id} device={device} />
}
