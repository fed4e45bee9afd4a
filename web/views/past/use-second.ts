import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** This moment, told once a second. */
export const useSecond = (now: () => number): ReadonlySignal<number> => {
  const second = useSignal(now())
  useEffect(() => {
    const timer = setInterval(() => {
      second.value = now()
    }, 1_000)
    return () => clearInterval(timer)
  }, [now])
  return second
}
