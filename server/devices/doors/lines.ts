/** A line is longer than it may be. */
export class LongLine extends Error {}

const NEWLINE = 0x0a

/**
 * The lines of what comes, without what ends them; those of one piece together. Throws a {@link LongLine} where one has
 * more than so many bytes. What comes after the last end of a line is no line.
 */
export async function* readLines(pieces: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<string[]> {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const piece of pieces) {
    const whole = rest.length > 0 ? Buffer.concat([rest, piece]) : Buffer.from(piece)
    const lines: string[] = []
    let from = 0
    for (let end = whole.indexOf(NEWLINE); end >= 0 && end - from <= most; end = whole.indexOf(NEWLINE, from)) {
      lines.push(whole.toString('utf8', from, end).replace(/\r$/, ''))
      from = end + 1
    }
    rest = whole.subarray(from)
    if (lines.length > 0) yield lines
    if (rest.length > most) throw new LongLine()
  }
}
