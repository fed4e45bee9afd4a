import { useEffect, useRef } from 'preact/hooks'

/** Rows this near to the screen, in pixels, count as on it: they are about to be. */
const NEAR = '120px'

/**
 * Tells which rows of a scrolled table are in sight, by their `data-symbol`; none, once the table itself is gone.
 * Returns the ref of the scrolling element.
 */
export const useSight = (symbols: readonly string[], onSeen: (seen: ReadonlySet<string>) => void) => {
  const scroller = useRef<HTMLDivElement>(null)
  const key = JSON.stringify(symbols)
  useEffect(() => {
    const seen = new Set<string>()
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const symbol = target instanceof HTMLElement ? target.dataset.symbol : undefined
          if (symbol === undefined) continue
          if (isIntersecting) seen.add(symbol)
          else seen.delete(symbol)
        }
        onSeen(new Set(seen))
      },
      { root: scroller.current, rootMargin: NEAR },
    )
    for (const row of scroller.current?.querySelectorAll('tr[data-symbol]') ?? []) observer.observe(row)
    return () => observer.disconnect()
  }, [key])
  useEffect(() => () => onSeen(new Set()), [])
  return scroller
}
