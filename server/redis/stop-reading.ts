import type { Duplex } from 'node:stream'

/**
 * Reaches under Node's public API. `pause()` stops a stream but not its socket, which goes on to
 * read each piece as it comes, wakes the process for it, and stops only once a buffer is full. It is held by a contract
 * test (test/integration/stop-reading.test.ts); a stream without such a handle is paused and nothing more.
 */
type Handle = { reading: boolean; readStop: () => void; readStart: () => void }

const handleOf = (stream: Duplex): Handle | null => (stream as Duplex & { _handle?: Handle | null })._handle ?? null

/** Reads nothing more from a connection: what comes waits in the system's buffer. Returns a function that reads on. */
export const stopReading = (stream: Duplex): (() => void) => {
  const handle = handleOf(stream)
  const stopped = handle?.reading === true && 'readStop' in handle
  stream.pause()
  if (stopped) {
    handle.reading = false
    handle.readStop()
  }
  return () => {
    if (stopped && handleOf(stream) === handle && !handle.reading) {
      handle.reading = true
      handle.readStart()
    }
    stream.resume()
  }
}
