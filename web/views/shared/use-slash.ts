import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { isTyping } from './is-typing.ts'

/** `/` puts the cursor into this search and marks its text, wherever one is, as long as nothing is being typed. */
export const useSlash = (input: RefObject<HTMLInputElement | null>, active = true): void => {
  useEffect(() => {
    if (!active) return
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    addEventListener('keydown', focus)
    return () => removeEventListener('keydown', focus)
  }, [input, active])
}
