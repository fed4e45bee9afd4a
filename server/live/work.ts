/** A longer piece of work, a small step at each `next()`. */
export type Steps = Iterator<unknown, unknown, undefined>

/** What a client's requests cost. */
export type Work = {
  /** Does what the client asked for, a piece at a time, once all is done that it asked for before. */
  perform: (steps: Steps) => void
  /** Does nothing more of that. */
  forget: () => void
  /** Does a piece of the client's work, and has the client pay for the time. */
  measured: <T>(work: () => T) => T
  /** Has the client pay for a topic that it watches: for what is done after the request, where nobody measures. */
  topic: () => void
}
