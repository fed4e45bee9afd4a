/** What the one connection is doing. `retryAt`: when it tries next, in Unix milliseconds of this browser. */
export type ConnectionState =
  | { phase: 'connecting' }
  | { phase: 'live' }
  | { phase: 'waiting'; retryAt: number; attempt: number; reason: string }
  | { phase: 'closed' }
