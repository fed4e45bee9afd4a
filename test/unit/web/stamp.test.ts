import { describe, expect, test } from 'vitest'
import { makeStamp, setStamp } from '../../../web/state/stamp.ts'

const RED = 0xff0000ff
/** A 3 by 3 picture: a plus, its arms barely covered on the right. */
const PLUS = Uint32Array.of(0, RED, 0, RED, RED, 0x300000ff, 0, RED, 0)
const rows = (image: Uint32Array, width: number) =>
  Array.from({ length: image.length / width }, (_, y) =>
    [...image.subarray(y * width, (y + 1) * width)].map((pixel) => (pixel === RED ? '#' : '.')).join(''),
  )

describe('a stamp', () => {
  test('is set by its middle, without the pixels that it hardly covers', () => {
    const image = new Uint32Array(49)
    setStamp(image, 7, 7, makeStamp(PLUS, 3), 3, 3)
    expect(rows(image, 7)).toEqual(['.......', '.......', '...#...', '..##...', '...#...', '.......', '.......'])
  })
  test('is cut off at every edge, and does not come out on the other side', () => {
    const stamp = makeStamp(PLUS, 3)
    const at = (x: number, y: number) => {
      const image = new Uint32Array(12)
      setStamp(image, 4, 3, stamp, x, y)
      return rows(image, 4)
    }
    expect(at(0, 0)).toEqual(['#...', '#...', '....'])
    expect(at(3, 2)).toEqual(['....', '...#', '..##'])
    expect(at(-1, 1)).toEqual(['....', '....', '....'])
    expect(at(4, 1)).toEqual(['....', '...#', '....'])
    expect(at(1, -5)).toEqual(['....', '....', '....'])
  })
  test('fits images of different widths', () => {
    const stamp = makeStamp(PLUS, 3)
    for (const width of [9, 11]) {
      const image = new Uint32Array(width * 9)
      setStamp(image, width, 9, stamp, 4, 4)
      expect(rows(image, width)[4]?.slice(0, 6)).toBe('...##.')
    }
  })
})
