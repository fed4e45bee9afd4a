import { useComputed, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { statusOf } from '../../../wire/status.ts'
import { findDevices } from '../../state/nearby.ts'
import { useFloor } from '../shared/floor-context.ts'
import { SearchIcon } from '../shared/icons.tsx'
import { useSlash } from '../shared/use-slash.ts'
import { StatusMark } from './device/Standing.tsx'

/** Finds a device among those in view, by its id or its route. */
export const DeviceSearch = ({ onChoose }: { onChoose: (id: string) => void }) => {
  const { fleet, workspace, now } = useFloor()
  const input = useRef<HTMLInputElement>(null)
  useSlash(input, workspace.value === 'fleet')
  const query = useSignal('')
  const found = useComputed(() => {
    void fleet.count.value
    return findDevices(fleet.devices.values(), query.value, 12)
  })
  const choose = (id: string) => {
    query.value = ''
    onChoose(id)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to every browser yet
    <div class="map-search" role="search">
      <SearchIcon />
      <input
        ref={input}
        type="search"
        aria-label="Find a device in view"
        placeholder="Find device or route"
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => {
          query.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          const first = found.value[0]
          const taken = event.key === 'Enter' && first !== undefined
          if (event.isComposing || (event.key !== 'Escape' && !taken)) return
          query.value = ''
          event.currentTarget.blur()
          if (taken) onChoose(first.id)
        }}
      />
      {query.value.trim() !== '' && (
        <ul>
          {found.value.map(({ id, fix, clocks }) => (
            <li key={id}>
              <button type="button" onClick={() => choose(id)}>
                <b>
                  <StatusMark status={statusOf(clocks, now())} /> {id}
                </b>{' '}
                <span>{fix.route === undefined ? '' : `route ${fix.route}`}</span>
              </button>
            </li>
          ))}
          {found.value.length === 0 && <li class="none">No match in view</li>}
        </ul>
      )}
    </div>
  )
}
