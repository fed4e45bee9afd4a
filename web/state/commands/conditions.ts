import type { Precondition } from '../../../wire/commands.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { isWithin, sizeInWords } from '../area.ts'
import { formatAge, formatSpeed } from '../format.ts'

/** A condition in words, how it stands now, and whether it holds; both null where nothing is known of a device. */
export type Condition = { text: string; now: string | null; holds: boolean | null }

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)

/** What must hold where both are asked for. Of two areas both count at the node; the narrower request is shown. */
export const bothOf = (a: Precondition = {}, b: Precondition = {}): Precondition => {
  const slowerThan = least(a.slowerThan, b.slowerThan)
  const fresherThan = least(a.fresherThan, b.fresherThan)
  const inside = a.inside ?? b.inside
  return {
    ...(slowerThan !== undefined && { slowerThan }),
    ...(fresherThan !== undefined && { fresherThan }),
    ...(inside !== undefined && { inside }),
  }
}

const speedNow = ({ speed }: Fix): string =>
  speed === undefined ? 'it does not tell its speed' : `now ${formatSpeed(speed)}`

const NONE_YET = 'it has no position yet'

/** What must hold at delivery, each by itself. `last`: the device's newest fix, null where it has none. */
export const conditionsOf = (
  { slowerThan, fresherThan, inside }: Precondition,
  last: Fix | null,
  serverNow: number,
): Condition[] => {
  const conditions: Condition[] = []
  const add = (text: string, now: (fix: Fix) => string, holds: (fix: Fix) => boolean): void =>
    void conditions.push({ text, now: last ? now(last) : NONE_YET, holds: last !== null && holds(last) })
  if (slowerThan !== undefined)
    add(
      `it moves slower than ${formatSpeed(slowerThan)}`,
      speedNow,
      ({ speed }) => speed !== undefined && speed < slowerThan,
    )
  if (fresherThan !== undefined)
    add(
      `its position is at most ${formatAge(fresherThan * 1000)} old`,
      ({ t }) => `now ${formatAge(Math.max(0, serverNow - t))} old`,
      ({ t }) => serverNow - t <= fresherThan * 1000,
    )
  if (inside !== undefined)
    add(
      `it is inside the area that was chosen (${sizeInWords(inside)})`,
      (fix) => (isWithin(inside, fix) ? 'now it is inside' : 'now it is outside'),
      (fix) => isWithin(inside, fix),
    )
  return conditions
}

/** The same for many devices, of which each stands somewhere else. */
export const conditionsForMany = (condition: Precondition): Condition[] =>
  conditionsOf(condition, null, 0).map(({ text }) => ({ text, now: null, holds: null }))

/** In one sentence: `Only while it moves slower than 11 km/h and its position is at most 60 s old.` Empty for none. */
export const onlyWhile = (condition: Precondition): string => {
  const texts = conditionsForMany(condition).map(({ text }) => text)
  return texts.length === 0 ? '' : `Only while ${texts.join(' and ')}.`
}
