import type { Precondition } from '../../../wire/commands.ts'
import type { Fix } from '../../../wire/fleet.ts'

const SECOND = 1000
export const SLOW: Precondition = { slowerThan: 3, fresherThan: 60 }
const AREA: Precondition = { inside: { west: 13, south: 52, east: 14, north: 53 } }
const ACROSS: Precondition = { inside: { west: 170, south: -10, east: 190, north: 10 } }
type Case = [what: string, condition: Precondition, fixes: Partial<Fix>[], reason: RegExp | null]
/** Devices as they are, what is asked of them, and why a command does not go out; null: it does. Times from now. */
export const CONDITIONS: Case[] = [
  ['without a position', { fresherThan: 60 }, [], /has not reported where/],
  ['without a position, and nothing asked of it', {}, [], null],
  ['at a stand', SLOW, [{ speed: 0 }], null],
  ['just too fast', SLOW, [{ speed: 3 }], /goes at 3\.0 m\/s, not slower than 3/],
  ['just slow enough', SLOW, [{ speed: 2.99 }], null],
  ['without a speed', SLOW, [{}], /does not tell its speed/],
  ['without a speed, which nobody asks for', { fresherThan: 60 }, [{}], null],
  ['seen too long ago', SLOW, [{ speed: 0, t: -62 * SECOND }], /6\d seconds old, more than 60/],
  ['seen just now', SLOW, [{ speed: 0, t: -50 * SECOND }], null],
  ['with a clock that is ahead', SLOW, [{ speed: 0, t: 90 * SECOND }], /clock of the device is \d+ seconds ahead/],
  [
    'where the last position is doubtful',
    SLOW,
    [
      { speed: 0, t: -9 * SECOND },
      { lat: 0, lon: 0 },
    ],
    /doubtful/,
  ],
  ['where only a doubtful one is known', SLOW, [{ speed: 100 }], /has not reported where/],
  ['within the area', AREA, [{}], null],
  ['outside the area', AREA, [{ lat: 53.01 }], /outside the area/],
  ['at the edge of the area', AREA, [{ lat: 53, lon: 13 }], null],
  ['within an area across the antimeridian', ACROSS, [{ lat: 0, lon: -171 }], null],
  ['beyond an area across the antimeridian', ACROSS, [{ lat: 0, lon: -169 }], /outside the area/],
  ['within the area, but too fast', { ...AREA, ...SLOW }, [{ speed: 9 }], /goes at/],
]
