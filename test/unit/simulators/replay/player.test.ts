import { describe, expect, it } from 'vitest'
import { dueItems } from '../../../../simulators/replay/pauses.ts'
import { type Player, play } from '../../../../simulators/replay/player.ts'
import { createProgress, spanText } from '../../../../simulators/replay/progress.ts'
import type { Item } from '../../../../simulators/replay/recording.ts'

const items = (count: number, apart: number): Item[] =>
  Array.from({ length: count }, (_, i) => {
    const t = 1_000_000 + i * apart
    return { kind: 'trade', t, row: i, symbol: 'A', trade: { id: i + 1, t, price: 1, size: 1 } }
  })

/** Plays against a clock that moves only when the player sleeps. */
const playOn = async ({
  items: all,
  ...more
}: Partial<Omit<Player, 'items'>> & { items: Item[]; speed: number; maxPause?: number }) => {
  let time = 0
  const published: { at: number; id: number }[] = []
  const limits: number[] = []
  const shown: { played: number; t: number; wait: number }[] = []
  await play({
    items: dueItems(all, more.maxPause ?? Number.POSITIVE_INFINITY),
    publisher: {
      trades: (_, [trade]) => void published.push({ at: time, id: trade?.id ?? 0 }),
      quote: () => {},
      fixes: () => {},
      drained: async (most) => void limits.push(most),
    },
    clock: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds
    },
    onProgress: (played, t, wait) => void shown.push({ played, t, wait }),
    stopped: () => false,
    ...more,
  })
  return { played: shown.at(-1)?.played ?? 0, published, limits, shown, took: time }
}

describe('the player', () => {
  it.each([1, 60, 1000])('keeps the recorded pace at speed %d, to a step of 20 ms', async (speed) => {
    const { played, published, took } = await playOn({ items: items(100, 600), speed })
    expect(played).toBe(100)
    expect(published.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    for (const { at, id } of published) {
      const due = ((id - 1) * 600) / speed
      expect(at).toBeGreaterThanOrEqual(due)
      expect(at).toBeLessThanOrEqual(due + 20)
    }
    expect(Math.abs(took - (99 * 600) / speed)).toBeLessThanOrEqual(20)
  })

  it('plays as fast as it is taken at top speed, and holds back for Redis', async () => {
    const { published, limits, took } = await playOn({ items: items(50_000, 600), speed: Number.POSITIVE_INFINITY })
    expect(published).toHaveLength(50_000)
    expect(took).toBe(0)
    expect(limits.length).toBeGreaterThanOrEqual(25)
  })

  it('ends when it is stopped, and says how far it came', async () => {
    let looks = 0
    const { played, published } = await playOn({ items: items(100, 20), speed: 1, stopped: () => ++looks > 10 })
    expect(played).toBe(published.length)
    expect(played).toBeLessThan(20)
  })

  it('shortens pauses where it is told to, and tells how long the next one takes', async () => {
    const [first, second, third] = items(3, 8 * 3_600_000)
    if (!first || !second || !third) throw new Error('three items')
    const { published, shown, took } = await playOn({
      items: [first, second, third],
      maxPause: 10_000,
      speed: 10,
    })
    expect(published.map(({ at }) => at)).toEqual([0, 1000, 2000])
    expect(took).toBe(2000)
    expect(shown[0]).toEqual({ played: 1, t: first.t, wait: 1000 })
    expect(shown.at(-1)).toEqual({ played: 3, t: third.t, wait: 0 })
  })

  it('plays nothing of an empty recording', async () => {
    expect((await playOn({ items: [], speed: 1 })).played).toBe(0)
  })
})

describe('progress', () => {
  const show = (terminal: boolean) => {
    const written: string[] = []
    let time = 0
    const progress = createProgress(1000, {
      isTerminal: terminal,
      write: (text) => written.push(text),
      clock: () => time,
    })
    for (; time < 6500; time += 100) progress.show(time / 10, 1_489_640_434_000, 100)
    progress.end()
    return written
  }

  it('is a line every three seconds where no one can see it move', () => {
    expect(show(false)).toEqual([
      '30% (300 of 1,000), 100/s, recorded 2017-03-16 05:00:34 UTC\n',
      '60% (600 of 1,000), 100/s, recorded 2017-03-16 05:00:34 UTC\n',
    ])
  })

  it('is one line that rewrites itself on a terminal, and goes at the end', () => {
    const written = show(true)
    expect(written.length).toBeGreaterThan(20)
    expect(written.every((text) => text.startsWith('\r\u001B[K') && !text.includes('\n'))).toBe(true)
    expect(written.at(-1)).toBe('\r\u001B[K')
  })

  it('tells how long the next row takes to come, in a pipe once a minute', () => {
    const written: string[] = []
    let time = 0
    const progress = createProgress(2, {
      isTerminal: false,
      write: (text) => written.push(text),
      clock: () => time,
    })
    for (; time < 200_000; time += 100) progress.show(1, 1_709_632_800_000, 28_800_000 - time)
    for (; time < 203_000; time += 100) progress.show(2, 1_709_661_600_000, 0)
    const start = '50% (1 of 2), next row in'
    expect(written).toEqual([
      ...['7 h 59 min', '7 h 58 min', '7 h 57 min', '7 h 56 min'].map(
        (wait) => `${start} ${wait}, recorded 2024-03-05 10:00:00 UTC\n`,
      ),
      '100% (2 of 2), 0/s, recorded 2024-03-05 18:00:00 UTC\n',
    ])
  })

  it.each([
    [400, '0 s'],
    [59_600, '1 min'],
    [61_000, '1 min 1 s'],
    [28_797_000, '7 h 59 min'],
    [28_800_000, '8 h'],
    [90_061_000, '1 d 1 h'],
    [86_460_000, '1 d'],
  ])('says %d milliseconds as people do', (span, text) => expect(spanText(span)).toBe(text))
})
