import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { DEVICES_PAGE } from '../../../state/api.ts'
import { clocksOfSelected, statusName } from '../../../state/clocks.ts'
import { createDeviceList, type DeviceListStore, MOST_PAGES } from '../../../state/device-list.ts'
import { STATUS_FILTERS } from '../../../state/device-rows.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { CloseIcon, SearchIcon } from '../../shared/icons.tsx'
import { AddDevice } from '../setup/AddDevice.tsx'
import { ImportDevices } from '../setup/ImportDevices.tsx'
import { DeviceRows, type Picking } from './DeviceRows.tsx'

/** The list, which is read as long as it is looked at. */
const useList = (): DeviceListStore => {
  const { devicePage, fleet, selection, link, now } = useFloor()
  const list = useMemo(
    () =>
      createDeviceList({
        load: devicePage,
        near: (id) => {
          const selected = selection.selected.peek()
          return selected?.id === id ? clocksOfSelected(selected, link.clock.offset()) : fleet.devices.get(id)?.clocks
        },
        tell: fleet.tell,
        clocks: () => ({ now: now(), serverNow: link.clock.serverTime(now()) }),
        second: link.silentFor,
      }),
    [devicePage, fleet, selection, link, now],
  )
  useEffect(() => list.start(), [list])
  return list
}

const Filters = ({ list }: { list: DeviceListStore }) => {
  const { past } = useFloor()
  const counts = list.counts.value
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row in every browser
    <div class="filters" role="group" aria-label="Devices of a status">
      {STATUS_FILTERS.map((filter) => (
        <button
          key={filter}
          type="button"
          data-filter={filter}
          aria-pressed={list.filter.value === filter}
          onClick={() => {
            list.filter.value = filter
          }}
        >
          {filter === 'all' ? 'All' : statusName(filter, past !== null)} <b>{counts[filter].toLocaleString('en-US')}</b>
        </button>
      ))}
    </div>
  )
}

const Search = ({ list }: { list: DeviceListStore }) => (
  <label class="finder">
    <SearchIcon />
    <input
      type="search"
      aria-label="Find a device by id, name or route"
      placeholder="Find by id, name or route"
      autocomplete="off"
      spellcheck={false}
      maxLength={100}
      value={list.query.value}
      onInput={(event) => list.search(event.currentTarget.value)}
    />
  </label>
)

/** What managers do to the whole list. */
const Tools = ({ onChanged, onShow }: { onChanged: () => void; onShow: (id: string) => void }) => {
  const open = useSignal<'add' | 'import' | null>(null)
  const show = (what: 'add' | 'import' | null) => () => {
    open.value = what
  }
  return (
    <div class="list-tools">
      <button type="button" class="button primary" onClick={show('add')}>
        Add a device
      </button>
      <button type="button" class="button" onClick={show('import')}>
        Import
      </button>
      <a class="button" href="/api/devices.csv" download="devices.csv">
        Export
      </a>
      {open.value === 'add' && <AddDevice onClose={show(null)} onChanged={onChanged} onShow={onShow} />}
      {open.value === 'import' && <ImportDevices onClose={show(null)} onChanged={onChanged} />}
    </div>
  )
}

const Bones = () => (
  <div class="list-bones" role="status" aria-label="Loading">
    {[0, 1, 2, 3, 4].map((i) => (
      <span class="bone" key={i} style={{ width: `${92 - i * 9}%`, height: '16px' }} />
    ))}
  </div>
)

const emptyText = (list: DeviceListStore, manages: boolean, past: boolean): { title: string; text: string } => {
  if (list.query.value.trim() !== '')
    return { title: 'No device has that', text: 'Search for another id, name or route.' }
  if (list.filter.value !== 'all')
    return {
      title: `No device is ${statusName(list.filter.value, past).toLowerCase()}`,
      text: 'Choose another status.',
    }
  const text = manages ? 'Add one, or import a list of them.' : 'They appear as soon as one reports.'
  return { title: 'No devices yet', text }
}

/** What stands in place of rows, or above them. */
const Notes = ({ list, manages }: { list: DeviceListStore; manages: boolean }) => {
  const { phase, error, more } = list.state.value
  const count = list.rows.value.length
  const { past } = useFloor()
  const empty = emptyText(list, manages, past !== null)
  return (
    <>
      {phase === 'error' && (
        <p class="trouble" role="alert">
          {error} {list.all.value.length > 0 && 'What you see was read before that.'}{' '}
          <button type="button" class="button" onClick={() => void list.reload()}>
            Try again
          </button>
        </p>
      )}
      {more && (
        <p class="soft" role="status">
          The first {(MOST_PAGES * DEVICES_PAGE).toLocaleString('en-US')} devices by id. Search to find others.
        </p>
      )}
      {phase === 'loading' && <Bones />}
      {phase === 'ready' && count === 0 && (
        <div class="empty">
          <strong>{empty.title}</strong>
          <p>{empty.text}</p>
        </div>
      )}
    </>
  )
}

type Props = {
  onClose: () => void
  onChoose: (id: string) => void
  onManage: (id: string) => void
  /** Grows when devices were changed elsewhere. */
  changes: number
  picking?: Picking | null
  /** What may be done with those that are picked. */
  children?: ComponentChildren
}

/** All devices of the floor, with their status. */
export const DeviceList = ({ onClose, onChoose, onManage, changes, picking = null, children }: Props) => {
  const { people, place, link, now, past } = useFloor()
  const list = useList()
  const manages = past === null && people.manages('devices')
  useEffect(() => {
    if (changes > 0) list.change()
  }, [changes, list])
  void link.silentFor.value
  const rows = list.rows.value
  return (
    <aside class="device-list" aria-label="Devices" data-phase={list.state.value.phase}>
      <header>
        <h2>Devices</h2>
        {manages && <Tools onChanged={list.change} onShow={onChoose} />}
        <button type="button" class="icon-button" aria-label="Close the list" title="Close the list" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <Search list={list} />
      <Filters list={list} />
      <Notes list={list} manages={manages} />
      {rows.length > 0 && (
        <DeviceRows
          rows={rows}
          sort={list.sort.value}
          now={now()}
          selected={place.value.device}
          keys={manages}
          picking={picking}
          onSort={list.sortBy}
          onChoose={onChoose}
          onManage={onManage}
        />
      )}
      {children}
    </aside>
  )
}
