import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { FIGURES, type Figure, fitColumns, type Widths } from '../../state/columns.ts'

/** Pixels beside a figure in its cell, and the share that a digit of one width may be wider than one of its own. */
const PADDING = 17
const WIDER = 1.04
/**
 * Pixels of the symbols' column (least and most) and of the cross, on a phone and elsewhere; and those beside a symbol.
 */
const NARROW = { least: 84, most: 180, cross: 38 }
const WIDE = { least: 110, most: 200, cross: 28 }
const BESIDE_SYMBOL = 22

export type Ruler = {
  widths: ReadonlySignal<Widths>
  /** What the table is told: the columns that it leaves out, and its style. */
  without: ReadonlySignal<string>
  style: ReadonlySignal<string>
  /** A figure is shown: its column becomes as wide as it needs. */
  see: (figure: Figure, text: string) => void
  /** So does the column of symbols, as long as that leaves some room for others. */
  seeSymbol: (symbol: string) => void
  /** How many columns are shown between the symbol and the cross. */
  shown: ReadonlySignal<number>
}

const SYMBOL = '.names b'
/** The font of a column's cells, as a canvas takes it. */
const fontOf = (table: HTMLElement | null, selector: string): string | null => {
  const cell = table?.querySelector(selector)
  if (!cell) return null
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(cell)
  return `${fontWeight} ${fontSize} ${fontFamily}`
}

const createRuler = (table: RefObject<HTMLElement | null>, narrow: boolean) => {
  const context = document.createElement('canvas').getContext('2d')
  const widths = signal<Widths>(FIGURES)
  const room = signal(Number.POSITIVE_INFINITY)
  const { least, most, cross } = narrow ? NARROW : WIDE
  const wanted = signal(least)
  const columns = computed(() => fitColumns(room.value, widths.value, { wanted: wanted.value, least, cross }))
  const fonts = new Map<string, string>()
  const known = new Set<string>()

  const measure = (selector: string, text: string): number => {
    const font = fonts.get(selector) ?? fontOf(table.current, selector)
    if (!context || font === null) return 0
    fonts.set(selector, font)
    context.font = font
    return Math.ceil(context.measureText(text).width * WIDER)
  }
  /** Figures of the same shape are as wide as one another, so that few are measured. */
  const see = (figure: Figure, text: string): void => {
    const shape = text.replace(/\d/g, '0')
    const key = `${figure} ${shape}`
    if (known.has(key)) return
    const measured = measure(`td[data-field="${figure}"]`, figure === 'share' ? `▲ ${shape}` : shape)
    if (measured > 0) known.add(key)
    const width = measured + PADDING
    if (measured > 0 && width > widths.peek()[figure]) widths.value = { ...widths.peek(), [figure]: width }
  }
  const seeSymbol = (symbol: string): void => {
    const width = Math.min(most, measure(SYMBOL, symbol) + BESIDE_SYMBOL)
    if (width > wanted.peek()) wanted.value = width
  }
  const without = computed(() => columns.value.without.join(' '))
  const style = computed(() => `min-width: ${columns.value.least}px`)
  const shown = computed(() => Object.keys(FIGURES).length + 1 - columns.value.without.length)
  return { widths, without, style, see, seeSymbol, shown, room }
}

/**
 * Keeps the watchlist's columns as wide as their widest text, and leaves out those without room: no figure is ever cut.
 * They become narrow again when other symbols are shown.
 */
export const useColumns = (
  table: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
  symbols: readonly string[],
  narrow: boolean,
): Ruler => {
  const key = JSON.stringify(symbols)
  const ruler = useMemo(() => createRuler(table, narrow), [table, key, narrow])
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const sizes = new ResizeObserver(() => {
      ruler.room.value = box.clientWidth
    })
    sizes.observe(box)
    return () => sizes.disconnect()
  }, [ruler, scroller])
  return ruler
}
