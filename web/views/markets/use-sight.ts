import { useEffect, useRef } from 'preact/hooks'

/** Rows this near to the screen, in pixels, count as on it: they are about to be. */
const NEAR = '120px'

/** Tells which rows of a scrolled table are out of sight, by their `data-symbol`. Answers the ref of the scrolling element. */
export const useSight = (symbols: readonly string[], onHidden: (hidden: ReadonlySet<string>) => void) => {
  const scroller = useRef<HTMLDivElement>(null)
  const key = symbols.join()
  useEffect(() => {
    const hidden = new Set<string>()
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const symbol = target instanceof HTMLElement ? target.dataset.symbol : undefined
          if (symbol === undefined) continue
          if (isIntersecting) hidden.delete(symbol)
          else hidden.add(symbol)
        }
        onHidden(new Set(hidden))
      },
      { root: scroller.current, rootMargin: NEAR },
    )
    for (const row of scroller.current?.querySelectorAll('tr[data-symbol]') ?? []) observer.observe(row)
    return () => observer.disconnect()
  }, [key])
  return scroller
}
