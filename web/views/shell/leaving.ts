import type { Floor } from '../../floor.ts'

/** Whoever leaves while something that they asked has not reached a node is asked whether they want to. */
export const guardLeaving = ({ commands }: Floor): void => {
  addEventListener('beforeunload', (event) => {
    const waits = commands?.errands.errands.peek().some(({ phase }) => phase !== 'refused')
    if (waits) event.preventDefault()
  })
}
