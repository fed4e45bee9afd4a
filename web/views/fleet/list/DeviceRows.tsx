import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { MEANINGS, statusName } from '../../../state/clocks.ts'
import { LIST_COLUMNS, type ListColumn, type ListedDevice, type ListSort } from '../../../state/device-rows.ts'
import { formatAgo, NOTHING } from '../../../state/format.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { StatusMark } from '../device/Standing.tsx'
import { useWindow } from './use-window.ts'

/**
 * A column before the others by which several devices are chosen, for whoever has something to do with them. `head`
 * gets the ids that are listed.
 */
export type Picking = { head: (ids: readonly string[]) => ComponentChildren; cell: (id: string) => ComponentChildren }

/** Pixels of a row, as the style sheet has them, and of the heads of the columns. */
const ROW = 40
const HEAD = 28

const HEADS: Readonly<Record<ListColumn, { label: string; title: string }>> = {
  status: { label: 'Status', title: 'How far its position can be believed' },
  id: { label: 'Device', title: 'Id and name' },
  group: { label: 'Group', title: 'Group' },
  fixed: { label: 'Last fix', title: 'How old its position is' },
  heard: { label: 'Heard', title: 'When anything last came from it' },
}

type Props = {
  rows: readonly ListedDevice[]
  sort: ListSort
  now: number
  selected: string | null
  /** Whether this person is told who has a key. */
  keys: boolean
  picking: Picking | null
  onSort: (column: ListColumn) => void
  onChoose: (id: string) => void
  onManage: (id: string) => void
}

const sorted = (sort: ListSort, column: ListColumn): 'ascending' | 'descending' | undefined =>
  sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : undefined

const Heads = ({ rows, sort, keys, picking, onSort }: Props) => (
  <thead>
    <tr>
      {picking && (
        <th scope="col" class="pick">
          {picking.head(rows.map(({ id }) => id))}
        </th>
      )}
      {LIST_COLUMNS.map((column) => (
        <th
          key={column}
          scope="col"
          class={`col-${column}`}
          title={HEADS[column].title}
          aria-sort={sorted(sort, column)}
        >
          <button type="button" onClick={() => onSort(column)}>
            {HEADS[column].label}
            {sorted(sort, column) && (sort?.descending ? ' ↓' : ' ↑')}
          </button>
        </th>
      ))}
      {keys && (
        <th scope="col" class="col-key">
          Key
        </th>
      )}
    </tr>
  </thead>
)

const agoOf = (t: number | null, now: number): string => (t === null ? NOTHING : formatAgo(Math.max(0, now - t)))

type RowProps = Pick<Props, 'now' | 'selected' | 'keys' | 'picking' | 'onChoose' | 'onManage'> & {
  device: ListedDevice
  place: number
  focusable: boolean
}

const Row = ({ device, place, focusable, now, selected, keys, picking, onChoose, onManage }: RowProps) => {
  const { id, name, group, status, clocks, keyed } = device
  const { past } = useFloor()
  return (
    <tr
      aria-rowindex={place + 2}
      aria-current={id === selected ? 'true' : undefined}
      data-row={id}
      data-status={status}
    >
      {picking && <td class="pick">{picking.cell(id)}</td>}
      <td class="col-status" title={MEANINGS[status]}>
        <StatusMark status={status} /> {statusName(status, past !== null)}
      </td>
      <td class="col-id">
        <button
          type="button"
          class="open"
          tabIndex={focusable ? 0 : -1}
          data-place={place}
          onClick={() => onChoose(id)}
        >
          {id}
        </button>
        {name !== '' && name !== id && <span class="name">{name}</span>}
      </td>
      <td class="col-group">{group}</td>
      <td class="col-fixed">{agoOf(clocks.fixed, now)}</td>
      <td class="col-heard">{clocks.heard === null ? 'never' : agoOf(clocks.heard, now)}</td>
      {keys && (
        <td class="col-key">
          <button type="button" class="button" aria-label={`Set up ${id}`} onClick={() => onManage(id)}>
            {keyed ? 'Key' : 'No key'}
          </button>
        </td>
      )}
    </tr>
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ...{ ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 },
  ...{ Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY },
}

/** Moves with the arrow keys from row to row, also to those that are not made yet. */
const useSteps = (count: number, reveal: (index: number) => void) => {
  const body = useRef<HTMLTableSectionElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    const { target } = event
    if (step === undefined || !(target instanceof HTMLElement) || target.dataset.place === undefined) return
    event.preventDefault()
    const next = Math.min(count - 1, Math.max(0, Number(target.dataset.place) + step))
    reveal(next)
    // The row is made by the next frame.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-place="${next}"]`)?.focus()),
    )
  }
  return { body, onKeyDown }
}

/** The devices as rows; of many only those in sight are made. */
export const DeviceRows = (props: Props) => {
  const { rows, selected } = props
  const { scroller, from, to, reveal } = useWindow(rows.length, ROW, HEAD)
  const { body, onKeyDown } = useSteps(rows.length, reveal)
  const chosen = rows.findIndex(({ id }) => id === selected)
  const focusable = chosen >= from && chosen < to ? chosen : from
  const gap = (count: number) =>
    count > 0 && (
      <tr class="gap">
        <td style={{ height: `${count * ROW}px` }} />
      </tr>
    )
  return (
    <div class="rows" ref={scroller}>
      <table aria-label="Devices" aria-rowcount={rows.length + 1}>
        <Heads {...props} />
        <tbody ref={body} onKeyDown={onKeyDown}>
          {gap(from)}
          {rows.slice(from, to).map((device, i) => (
            <Row key={device.id} {...props} device={device} place={from + i} focusable={from + i === focusable} />
          ))}
          {gap(rows.length - to)}
        </tbody>
      </table>
    </div>
  )
}
