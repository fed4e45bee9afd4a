/** What pointers do on the plot, in shares of its width; `anchor` is 0 at the left edge, 1 at the right. */
export type Gestures = {
  pan: (share: number) => void
  zoom: (factor: number, anchor: number) => void
  point: (at: { x: number; y: number } | null) => void
  /** A click, or a touch, that moved nothing. `alt`: with the Alt key. */
  tap: (at: { x: number; y: number; alt: boolean }) => void
  reset: () => void
}

/** A pointer that moved no farther than this, in pixels, has tapped. */
const STILL = 4

const distance = ([a, b]: readonly PointerEvent[]): number =>
  a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0

/**
 * Drag pans, wheel and pinch zoom, a double click resets, hovering (or a resting finger) points, a click taps. Returns
 * a function that stops it.
 */
export const listenGestures = (plot: HTMLElement, { pan, zoom, point, tap, reset }: Gestures): (() => void) => {
  const held = new Map<number, PointerEvent>()
  /** Where the only pointer went down; null once it is a drag, or one of several. */
  let began: PointerEvent | null = null
  const positionOf = (event: MouseEvent) => {
    const box = plot.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width }
  }

  const down = (event: PointerEvent) => {
    if (event.target instanceof Element && event.target.closest('button')) return
    began = held.size === 0 ? event : null
    held.set(event.pointerId, event)
    plot.setPointerCapture(event.pointerId)
  }
  const move = (event: PointerEvent) => {
    const before = held.get(event.pointerId)
    const { x, y, width } = positionOf(event)
    if (before === undefined) return point({ x, y })
    if (began && Math.hypot(event.clientX - began.clientX, event.clientY - began.clientY) > STILL) began = null
    const spread = distance([...held.values()])
    held.set(event.pointerId, event)
    if (held.size === 1) {
      plot.classList.add('panning')
      pan((event.clientX - before.clientX) / width)
      point(event.pointerType === 'mouse' ? null : { x, y })
    } else if (spread > 0) zoom(spread / Math.max(1, distance([...held.values()])), x / width)
  }
  const up = (event: PointerEvent) => {
    held.delete(event.pointerId)
    plot.classList.remove('panning')
    if (event.type === 'pointerleave') point(null)
    if (event.type === 'pointerup' && began !== null) tap({ ...positionOf(event), alt: event.altKey })
    began = null
  }
  const wheel = (event: WheelEvent) => {
    event.preventDefault()
    const { x, width } = positionOf(event)
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(-event.deltaX / width)
    else zoom(1.0015 ** event.deltaY, x / width)
  }

  plot.addEventListener('pointerdown', down)
  plot.addEventListener('pointermove', move)
  for (const kind of ['pointerup', 'pointercancel', 'pointerleave'] as const) plot.addEventListener(kind, up)
  plot.addEventListener('wheel', wheel, { passive: false })
  plot.addEventListener('dblclick', reset)
  return () => {
    plot.removeEventListener('pointerdown', down)
    plot.removeEventListener('pointermove', move)
    for (const kind of ['pointerup', 'pointercancel', 'pointerleave'] as const) plot.removeEventListener(kind, up)
    plot.removeEventListener('wheel', wheel)
    plot.removeEventListener('dblclick', reset)
  }
}
