import type { Archive, Batch } from '../../../archive/archive.ts'
import { show } from '../report.ts'

/** How many rows were written, and how long writing took, without making them up (s). */
export type Filled = { rows: number; seconds: number }

const SAY_EVERY_MS = 10_000

/** Writes batches one after the other. */
export const fill = async (
  archive: Archive,
  batches: Iterable<Batch>,
  what: string,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<Filled> => {
  let [rows, ms, said] = [0, 0, performance.now()]
  for (const batch of batches) {
    if (signal.aborted) break
    const before = performance.now()
    await archive.write(batch)
    ms += performance.now() - before
    rows += (batch.fixes?.length ?? 0) + (batch.minutes?.length ?? 0)
    if (performance.now() - said < SAY_EVERY_MS) continue
    said = performance.now()
    say(`${show(rows, 0)} ${what}, ${show(rows / (ms / 1000), 0)} a second`)
  }
  return { rows, seconds: ms / 1000 }
}
