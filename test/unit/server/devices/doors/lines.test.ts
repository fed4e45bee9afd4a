import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LongLine, readLines } from '../../../../../server/devices/doors/lines.ts'

const collect = async (pieces: readonly string[], most = 100): Promise<string[]> => {
  const lines: string[] = []
  const bytes = async function* () {
    for (const piece of pieces) yield Buffer.from(piece)
  }
  for await (const some of readLines(bytes(), most)) lines.push(...some)
  return lines
}

test('lines are the same however they come in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''))),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (lines, sizes) => {
        const text = lines.map((line) => `${line}\r\n`).join('')
        const pieces: string[] = []
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length] ?? 1
          pieces.push(text.slice(at, at + size))
          at += size
        }
        const whole = pieces.every((piece) => Buffer.from(piece).toString() === piece)
        if (whole) expect(await collect(pieces, 1000)).toEqual(lines)
      },
    ),
  )
})

test('what comes after the last end of a line is no line', async () => {
  expect(await collect(['a\nb'])).toEqual(['a'])
})

test('a line that is too long is refused, whether its end comes or not', async () => {
  expect(await collect([`${'a'.repeat(100)}\n`])).toHaveLength(1)
  await expect(collect([`${'a'.repeat(101)}\n`])).rejects.toThrow(LongLine)
  await expect(collect(['a'.repeat(60), 'a'.repeat(60)])).rejects.toThrow(LongLine)
})
