import { expect, test } from 'vitest'
import { boxOf, clipRing } from '../../../web/state/clip.ts'

test('clipping a continent leaves a ring inside the tile that covers the same ground', () => {
  const box = { left: 0, top: 0, right: 1, bottom: 1 }
  expect(boxOf(clipRing([-9, -9, 9, -9, 9, 9, -9, 9], box))).toEqual(box)
  expect(clipRing([2, 2, 3, 2, 3, 3], box)).toEqual([])
  expect(boxOf(clipRing([0.5, 0.5, 2, 0.5, 2, 2], box)).right).toBe(1)
})
