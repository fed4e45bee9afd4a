import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { FIGURES, type Figure, fitColumns, type Widths } from '../../state/columns.ts'

/** Pixels beside a figure in its cell, and the share that a digit of one width may be wider than one of its own. */
const PADDING = 17
const WIDER = 1.04
/** Pixels of a symbol at the least, and of the cross: on a phone, and else. */
const BESIDE = { narrow: 84 + 38, wide: 110 + 28 }

export type Ruler = {
  widths: ReadonlySignal<Widths>
  /** What the table is told: the columns that it leaves out, and its style. */
  without: ReadonlySignal<string>
  style: ReadonlySignal<string>
  /** A figure is shown: its column becomes as wide as it needs. */
  see: (figure: Figure, text: string) => void
}

/** The font of a column's cells, as a canvas takes it. */
const fontOf = (table: HTMLElement | null, figure: Figure): string | null => {
  const cell = table?.querySelector(`td[data-field="${figure}"]`)
  if (!cell) return null
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(cell)
  return `${fontWeight} ${fontSize} ${fontFamily}`
}

const createRuler = (table: RefObject<HTMLElement | null>, narrow: boolean) => {
  const context = document.createElement('canvas').getContext('2d')
  const widths = signal<Widths>(FIGURES)
  const room = signal(Number.POSITIVE_INFINITY)
  const columns = computed(() => fitColumns(room.value, widths.value, narrow ? BESIDE.narrow : BESIDE.wide))
  const fonts = new Map<Figure, string>()
  const known = new Set<string>()

  const measure = (figure: Figure, shape: string): number => {
    const font = fonts.get(figure) ?? fontOf(table.current, figure)
    if (!context || font === null) return 0
    fonts.set(figure, font)
    context.font = font
    return Math.ceil(context.measureText(figure === 'share' ? `▲ ${shape}` : shape).width * WIDER) + PADDING
  }
  /** Figures of the same shape are as wide as one another, so that few are measured. */
  const see = (figure: Figure, text: string): void => {
    const shape = text.replace(/\d/g, '0')
    const key = `${figure} ${shape}`
    if (known.has(key)) return
    const width = measure(figure, shape)
    if (width > 0) known.add(key)
    if (width > widths.peek()[figure]) widths.value = { ...widths.peek(), [figure]: width }
  }
  const without = computed(() => columns.value.without.join(' '))
  const style = computed(() => `min-width: ${columns.value.least}px`)
  return { widths, without, style, see, room }
}

/**
 * Keeps the watchlist's columns as wide as their widest figure, and leaves out those that have no room: no figure is ever cut. They
 * become narrow again when other symbols are shown.
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
