/** Why Watchfloor cannot start or go on, in one line that says the remedy. Shown as it is, without a stack. */
export class Failure extends Error {}

const MOST = 600

/** A setting may hold anything: what is told of it stays one line, and no screenful. */
export const oneLine = (text: string): string => {
  const line = text.replace(/\p{Cc}+/gu, ' ')
  return line.length > MOST ? `${line.slice(0, MOST / 2)} ... ${line.slice(-MOST / 2)}` : line
}

/** What any thrown value says to a person: one line of a {@link Failure}, the whole stack of anything else. */
export const explain = (thrown: unknown): string => {
  if (thrown instanceof Failure) return oneLine(thrown.message)
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
