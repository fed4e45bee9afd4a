import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { type Command, isUnderWay } from '../../../../wire/commands.ts'
import { TOO_MUCH } from '../../../state/commands/errands.ts'
import { createHistory, type CommandHistory as History, joinCommands } from '../../../state/commands/history.ts'
import { stateInWords } from '../../../state/commands/words.ts'
import type { Selected } from '../../../state/selection.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { Ask } from './Ask.tsx'
import { CommandRow } from './CommandRow.tsx'
import { useCommanding } from './commanding-context.ts'
import { ErrandRow } from './ErrandRow.tsx'
import { NameFirst } from './NameFirst.tsx'
import { useMayAsk, useOffered } from './use-offered.ts'

/** Commands that are over and shown without being asked for. */
const FEW = 2

const DOOR_WORDS: Record<string, string> = {
  osmand: 'the OsmAnd protocol carries none',
  traccar: 'the Traccar Client takes none',
  nmea: 'NMEA 0183 carries none',
  gtfs: 'a GTFS-realtime feed carries none',
}
const whyNone = ({ life }: Selected): string => {
  const why = DOOR_WORDS[life?.door ?? '']
  return why === undefined ? 'It has not said that it takes commands.' : `It takes no commands: ${why}.`
}

type AskingProps = { device: Selected; asking: Signal<boolean> }

/** Nothing was told of it yet. */
const isUnread = ({ phase, life, last }: Selected): boolean => phase === 'loading' && life === null && last === null

/** The way to ask something, or why there is none. */
const Asking = ({ device, asking }: AskingProps) => {
  const { id, life } = device
  const { kinds, ask, handle } = useCommanding()
  const to = { devices: [id] }
  const may = useMayAsk(to)
  const offered = useOffered(to)
  const trouble = useSignal(false)
  const list = kinds.list.value
  const understood = offered.filter(({ name }) => life?.takes?.includes(name))
  if (isUnread(device) || !may('command')) return null
  if (!life?.takes?.length) return <p class="none">{whyNone(device)}</p>
  if (list.phase === 'error')
    return (
      <p class="trouble" role="alert">
        {list.error}{' '}
        <button type="button" class="button small" onClick={kinds.load}>
          Try again
        </button>
      </p>
    )
  if (understood.length === 0)
    return list.phase === 'loading' ? null : <p class="none">Of what it understands, you may ask nothing.</p>
  if (!asking.value) return null
  if (handle.value === null) return <NameFirst />
  return (
    <>
      <Ask
        to={to}
        kinds={understood}
        onAsk={(asked) => {
          trouble.value = ask(to, asked) === null
          asking.value = trouble.value
        }}
      />
      {trouble.value && (
        <p class="trouble" role="alert">
          {TOO_MUCH}
        </p>
      )}
    </>
  )
}

/** What is over: the last ones, and all that is kept once somebody asks for it. */
const Earlier = ({ over, history, serverNow }: { over: readonly Command[]; history: History; serverNow: number }) => {
  const all = useSignal(false)
  const { phase, error } = history.list.value
  const next = history.next.value
  if (over.length === 0 && !all.value) return null
  return (
    <>
      <ul class="command-list" aria-label="Earlier commands">
        {over.slice(0, all.value ? undefined : FEW).map((command) => (
          <CommandRow key={command.id} command={command} serverNow={serverNow} onCancel={null} />
        ))}
      </ul>
      {phase === 'error' && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {next === null ? (
        <p class="none">Nothing older is kept.</p>
      ) : (
        <button
          type="button"
          class="link"
          disabled={phase === 'loading'}
          onClick={() => {
            all.value = true
            void history.read()
          }}
        >
          {phase === 'loading' ? 'Loading…' : all.value ? 'Show older' : 'Show all'}
        </button>
      )}
    </>
  )
}

/** The device's commands from all that tells of them, the newest first, and what no node has taken yet. */
const useCommandsOf = (device: Selected, history: History) => {
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
  const history = useMemo(() => createHistory(calls, id), [calls, id])
  const { commands, underWay, over, waiting } = useCommandsOf(device, history)
  const may = useMayAsk({ devices: [id] })('command')
  useEffect(() => kinds.need(), [kinds])
  void link.silentFor.value
  const serverNow = link.clock.serverTime(now())
  const [newest] = commands
  if (!may && newest === undefined) return null
  return (
    <section class="commands" aria-label="Commands" data-open={underWay.length}>
      <header>
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
      <Asking device={device} asking={asking} />
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
      <Earlier over={over} history={history} serverNow={serverNow} />
    </section>
  )
}

/** Commands of the device that is selected: what may be asked of it, what was, and what became of that. */
export const DeviceCommands = () => {
  const device = useFloor().selection.selected.value
  return device === null || device.phase === 'refused' ? null : <Commands key={device.id} device={device} />
}
