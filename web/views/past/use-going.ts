import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { useFloor } from '../shared/floor-context.ts'

/** A moment that was clicked, and where on the panel (pixels). */
export type Clicked = { t: number; x: number; y?: number }

/** Whether the archive has this moment. Its edge moves on all the time: whatever is shown is there soon. */
export const useReaches = (): ((t: number) => boolean) => {
  const { archive } = useFloor()
  return useMemo(
    () => (t) => {
      const span = archive.span.peek()
      return span?.archive === 'up' && span.from !== null && t >= span.from
    },
    [archive],
  )
}

/**
 * The way from something on the screen to its moment: a click offers a button, with Alt it goes there at once. Whatever
 * is clicked elsewhere takes the button away, and so does Escape. `choose` returns whether the archive has the moment.
 */
export const useGoing = () => {
  const { goTo } = useFloor()
  const reaches = useReaches()
  const chosen = useSignal<Clicked | null>(null)
  useEffect(() => {
    const press = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') chosen.value = null
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [chosen])
  const choose = useMemo(
    () =>
      (clicked: Clicked | null, alt: boolean): boolean => {
        const can = clicked !== null && reaches(clicked.t)
        chosen.value = can && !alt ? clicked : null
        if (can && alt) goTo(clicked.t)
        return can
      },
    [chosen, goTo, reaches],
  )
  return { chosen, choose }
}
