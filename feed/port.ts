import type { Call } from '../wire/calls.ts'

/** All that the publisher needs of Redis. */
export type Port = {
  /**
   * Runs calls in order, and returns one reply a call, an `Error` for a call that failed. Never rejects. A call that
   * failed may have been carried out all the same.
   */
  run: (calls: readonly Call[]) => Promise<unknown[]>
  /**
   * Calls, each by its place, that go to the same server: run apart, none waits for a server that hangs but those that
   * go to it.
   */
  groups: (calls: readonly Call[]) => number[][]
}

/** The items at these places. */
export const pick = <Item>(items: readonly Item[], places: readonly number[]): Item[] =>
  places.map((place) => items[place] as Item)
