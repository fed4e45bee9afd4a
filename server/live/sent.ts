/** What was handed to clients in frames, for metrics: counted once a frame. */
export type Sent = {
  frames: number
  /** Updates, each once for every client that was sent it. */
  deliveries: number
  bytes: number
}

export const nothingSent = (): Sent => ({ frames: 0, deliveries: 0, bytes: 0 })
