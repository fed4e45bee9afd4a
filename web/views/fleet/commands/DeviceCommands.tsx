import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { isOpen } from '../../../../wire/commands.ts'
import type { DeviceCommands as Told } from '../../../state/commands/device-commands.ts'
import { TOO_MUCH } from '../../../state/commands/errands.ts'
import { createHistory, joinCommands } from '../../../state/commands/history.ts'
import { stateInWords } from '../../../state/commands/words.ts'
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
const whyNone = ({ door }: Told): string => {
  const why = door === null ? undefined : DOOR_WORDS[door]
  return why === undefined ? 'It has not said that it takes commands.' : `It takes no commands: ${why}.`
}

type AskingProps = { id: string; told: Told; asking: Signal<boolean> }

/** The way to ask something, or why there is none. */
const Asking = ({ id, told, asking }: AskingProps) => {
  const { kinds, ask, handle } = useCommanding()
  const to = { devices: [id] }
  const may = useMayAsk(to)
  const offered = useOffered(to)
  const trouble = useSignal(false)
  const list = kinds.list.value
  const understood = offered.filter(({ name }) => told.takes?.includes(name))
  if (told.phase === 'loading' || !may('command')) return null
  if (told.takes === null || told.takes.length === 0) return <p class="none">{whyNone(told)}</p>
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

/** Commands of the device that is selected: what may be asked of it, what was, and what became of that. */
export const DeviceCommands = ({ id }: { id: string }) => {
  const { device, kinds, errands, taken, cancel, calls } = useCommanding()
  const { link, now } = useFloor()
  const asking = useSignal(false)
  const all = useSignal(false)
  const history = useMemo(() => createHistory(calls, id), [calls, id])
  const may = useMayAsk({ devices: [id] })
  useEffect(() => kinds.need(), [kinds])
  void link.silentFor.value
  const told = device.shown.value
  if (told === null || told.id !== id) return null
  const serverNow = link.clock.serverTime(now())
  const mine = taken.value.filter((one) => one.device === id).map(({ command }) => command)
  const commands = joinCommands(history.list.value.rows, mine, told.commands)
  const open = commands.filter(({ state }) => isOpen(state))
  const over = commands.filter(({ state }) => !isOpen(state))
  const waiting = errands.errands.value.filter(({ about }) => about === `d:${id}`)
  const { phase, error } = history.list.value
  const canAsk = may('command') && told.takes !== null && told.takes.length > 0
  if (!may('command') && commands.length === 0) return null
  const [newest] = commands
  return (
    <section class="commands" aria-label="Commands" data-open={open.length}>
      <header>
        <h3>Commands</h3>
        {canAsk && (
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
      <Asking id={id} told={told} asking={asking} />
      {told.phase === 'loading' && <span class="bone" role="status" aria-label="Loading" />}
      {newest !== undefined && (
        <p class="unseen" role="status">
          {kinds.titleOf(newest.kind)}: {stateInWords(newest)}
        </p>
      )}
      <ul class="command-list" aria-label="Open commands">
        {waiting.map((errand) => (
          <ErrandRow key={errand.id} errand={errand} />
        ))}
        {open.map((command) => (
          <CommandRow
            key={command.id}
            command={command}
            serverNow={serverNow}
            onCancel={command.state === 'queued' && may('command') ? () => cancel(id, command.id) : null}
          />
        ))}
      </ul>
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
      {commands.length > 0 && (!all.value || history.next.value !== null) && (
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
      {all.value && history.next.value === null && <p class="none">Nothing older is kept.</p>}
    </section>
  )
}
