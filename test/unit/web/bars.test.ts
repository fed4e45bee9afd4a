import { describe, expect, test } from 'vitest'
import { edges, firstWindow, followWindow, panWindow, zoomWindow } from '../../../web/state/bars.ts'

describe('the window of bars', () => {
  const FIRST_WINDOW = firstWindow(840)

  test('keeps the bar under the pointer when it zooms', () => {
    const before = edges(FIRST_WINDOW, 500)
    const after = edges(zoomWindow(FIRST_WINDOW, 0.5, 0.25, 500), 500)
    const at = ({ left, right }: { left: number; right: number }) => left + (right - left) * 0.25
    expect(at(after)).toBeCloseTo(at(before))
  })
  test('follows the newest bar at the end, and stays where it is in the past', () => {
    const past = panWindow(FIRST_WINDOW, 100, 500)
    expect(edges(followWindow(past, 1), 501)).toEqual(edges(past, 500))
    expect(followWindow(FIRST_WINDOW, 1)).toEqual(FIRST_WINDOW)
  })
  test('cannot be panned out of sight of the bars', () => {
    expect(edges(panWindow(FIRST_WINDOW, 10_000, 500), 500).right).toBeGreaterThan(0)
    expect(edges(panWindow(FIRST_WINDOW, -10_000, 500), 500).left).toBeLessThan(500)
  })
})
