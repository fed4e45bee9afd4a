import { expect, test } from 'vitest'
import { createFrames } from '../../../web/state/frames.ts'

test('frames are asked for only while something is to be drawn', () => {
  const asked: ((steady: number) => void)[] = []
  const frames = createFrames(
    (draw) => void asked.push(draw),
    (error) => expect.unreachable(String(error)),
  )
  let left = 2
  const remove = frames.add(() => --left > 0)
  frames.wake()
  frames.wake()
  expect(asked).toHaveLength(1)
  asked[0]?.(0)
  expect(asked).toHaveLength(2)
  asked[1]?.(16)
  expect(asked).toHaveLength(2)
  remove()
  frames.wake()
  expect(asked).toHaveLength(3)
  asked[2]?.(32)
  expect(left).toBe(0)
})
