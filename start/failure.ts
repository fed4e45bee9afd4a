/** Why Watchfloor cannot start or go on, in one line that says the remedy. Shown as it is, without a stack. */
export class Failure extends Error {}

/** What any thrown value says to a person: one line of a {@link Failure}, the whole stack of anything else. */
export const explain = (thrown: unknown): string => {
  if (thrown instanceof Failure) return thrown.message
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
