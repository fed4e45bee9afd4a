import { effect, type ReadonlySignal, useComputed, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { FIGURES, type Figure } from '../../state/columns.ts'
import { chipText } from '../../state/desk/chip.ts'
import type { Entry } from '../../state/entry.ts'
import { ARROWS, formatChange, formatPercent, formatPrice, formatVolume, wayOf } from '../../state/format.ts'
import { dragChip } from '../shared/drag.ts'
import { CloseIcon } from '../shared/icons.tsx'
import { Sparkline } from './Sparkline.tsx'
import type { Ruler } from './use-columns.ts'

const FLASH: KeyframeAnimationOptions = { duration: 700, easing: 'ease-out' }
/** A row does not flash more often than this, in milliseconds, however fast it trades. */
const FLASH_EVERY = 250
const calm = matchMedia('(prefers-reduced-motion: reduce)')
/** A gap that was mended is marked in its row for this long, in milliseconds. */
const GAP_SHOWN = 20_000

/** Lights up the price when it changes, upwards or downwards. */
const useFlash = (entry: Entry) => {
  const cell = useRef<HTMLTableCellElement>(null)
  const seen = useRef(0)
  const flashed = useRef(0)
  useSignalEffect(() => {
    const { changed, direction } = entry.quoted.value
    const now = performance.now()
    const first = seen.current === 0
    if (changed === seen.current) return
    seen.current = changed
    if (first || calm.matches || now - flashed.current < FLASH_EVERY) return
    flashed.current = now
    const ground = `var(--${direction < 0 ? 'down' : 'up'}-ground)`
    cell.current?.animate([{ backgroundColor: ground, offset: 0 }], FLASH)
  })
  return cell
}

type Props = {
  entry: Entry
  selected: boolean
  focusable: boolean
  quiet: ReadonlySignal<ReadonlySet<string>>
  now: () => number
  ruler: Ruler
  shade: string
  onChoose: (symbol: string) => void
  onRemove: (symbol: string) => void
}

/**
 * The figures of a row. Each follows its own text: an update writes those text nodes that changed, and nothing else.
 */
const useFigures = (entry: Entry) => {
  const quoted = entry.quoted
  const change = useComputed(() => formatChange(quoted.value.change, quoted.value.changeDecimals))
  const share = useComputed(() => formatPercent(quoted.value.share))
  return {
    last: useComputed(() => formatPrice(quoted.value.last, quoted.value.decimals)),
    change,
    share,
    bid: useComputed(() => formatPrice(quoted.value.bid, quoted.value.decimals)),
    ask: useComputed(() => formatPrice(quoted.value.ask, quoted.value.decimals)),
    volume: useComputed(() => formatVolume(quoted.value.volume)),
    changeWay: useComputed(() => wayOf(change.value)),
    shareWay: useComputed(() => wayOf(share.value)),
    arrow: useComputed(() => ARROWS[wayOf(share.value)]),
  }
}

/** Tells the ruler each new text, so that its column has room; all again once figures stand where a note was. */
const useRoom = (
  symbol: string,
  figures: Record<Figure, ReadonlySignal<string>>,
  ruler: Ruler,
  noted: boolean,
): void => {
  useEffect(() => ruler.seeSymbol(symbol), [symbol, ruler])
  useEffect(
    () =>
      effect(() => {
        for (const figure of Object.keys(FIGURES) as Figure[]) ruler.see(figure, figures[figure].value)
      }),
    [ruler, noted],
  )
}

const Flag = ({ entry, now }: Pick<Props, 'entry' | 'now'>) => {
  const flag = useComputed(() => {
    const { refused, gapAt } = entry.quoted.value
    if (refused !== null) return { text: '!', title: refused }
    return gapAt !== null && now() - gapAt < GAP_SHOWN
      ? { text: 'gap', title: 'Updates were missed and fetched again' }
      : null
  })
  return (
    flag.value && (
      <span class="flag" title={flag.value.title}>
        {flag.value.text}
      </span>
    )
  )
}

type FiguresProps = Pick<Props, 'entry' | 'shade'> & { figures: ReturnType<typeof useFigures> }

const Figures = ({ entry, shade, figures }: FiguresProps) => {
  const cell = useFlash(entry)
  return (
    <>
      <td class="spark">
        <Sparkline entry={entry} shade={shade} />
      </td>
      <td class="last" data-field="last" ref={cell}>
        {figures.last}
      </td>
      <td class={figures.changeWay} data-field="change">
        {figures.change}
      </td>
      <td class={figures.shareWay} data-field="share">
        <span class="arrow" aria-hidden="true">
          {figures.arrow}
        </span>{' '}
        {figures.share}
      </td>
      <td class="soft" data-field="bid">
        {figures.bid}
      </td>
      <td class="soft" data-field="ask">
        {figures.ask}
      </td>
      <td class="soft" data-field="volume">
        {figures.volume}
      </td>
    </>
  )
}

export const Row = ({ entry, selected, focusable, quiet, now, ruler, shade, onChoose, onRemove }: Props) => {
  const { symbol, name } = entry
  const figures = useFigures(entry)
  const note = useComputed(() => (entry.quoted.value.last === null ? entry.quoted.value.refused : null)).value
  useRoom(symbol, figures, ruler, note !== null)
  const quietClass = useComputed(() => (quiet.value.has(symbol) ? 'quiet' : ''))
  return (
    <tr
      class={quietClass}
      data-symbol={symbol}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      draggable
      onDragStart={(event) => dragChip(event, chipText('symbol', symbol))}
      onClick={() => onChoose(symbol)}
    >
      <td class="symbol" title={name === '' ? symbol : `${symbol}: ${name}`}>
        <div class="names">
          <div>
            <b>{symbol}</b>
            {note === null && <Flag entry={entry} now={now} />}
          </div>
          <span>{name}</span>
        </div>
      </td>
      {note === null ? (
        <Figures entry={entry} figures={figures} shade={shade} />
      ) : (
        <td class="note" colSpan={ruler.shown.value}>
          {note}
        </td>
      )}
      <td class="remove">
        <button
          type="button"
          class="icon-button"
          tabIndex={selected ? 0 : -1}
          aria-label={`Remove ${symbol} from the watchlist`}
          onClick={(event) => {
            event.stopPropagation()
            onRemove(symbol)
          }}
        >
          <CloseIcon />
        </button>
      </td>
    </tr>
  )
}
