import type { Spool } from '../spool.ts'

/** Sentences that wait until it is known what to make of them, in their order; many of them in the spool. */
export type Backlog<Kept> = { add: (kept: Kept) => void; isEmpty: () => boolean; take: () => Iterable<Kept> }

const MOST_HELD = 5000

export const createBacklog = <Kept>(spool: Spool, read: (text: string) => Kept, write: (kept: Kept) => string) => {
  let held: string[] = []
  let length = 0
  let pieces: { at: number; bytes: number }[] = []
  const spill = () => {
    const bytes = Buffer.from(held.join('\n'))
    pieces.push({ at: spool.append(bytes), bytes: bytes.length })
    held = []
    length = 0
  }
  function* texts(): Generator<string> {
    const [spilled, last] = [pieces, held]
    pieces = []
    held = []
    length = 0
    for (const { at, bytes } of spilled) {
      const piece = Buffer.alloc(bytes)
      spool.read(piece, at)
      yield* piece.toString().split('\n')
    }
    yield* last
  }
  const backlog: Backlog<Kept> = {
    add: (kept) => {
      const text = write(kept)
      held.push(text)
      length += text.length
      if (held.length >= MOST_HELD || length > 2 ** 20) spill()
    },
    isEmpty: () => held.length + pieces.length === 0,
    *take() {
      for (const text of texts()) yield read(text)
    },
  }
  return backlog
}
