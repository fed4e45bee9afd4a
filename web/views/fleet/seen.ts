import { type Status, statusOf } from '../../../wire/status.ts'
import type { Device } from '../../state/fleet.ts'
import type { Point } from '../../state/mercator.ts'
import { headingAt, isMoving, placeAt } from '../../state/motion.ts'
import { type Sheet, toSheet } from './canvas-pane.ts'
import { deviceInk, type Ink } from './palette.ts'
import type { Scene } from './scene.ts'

/** A device in view: where it is on the canvas, and what it looks like. */
export type Seen = { device: Device; at: Point; heading: number | null; ink: Ink }

/** What each device looks like, found once for all that look alike. */
const inkOf = ({ now, colouring }: Pick<Scene, 'now' | 'colouring'>) => {
  const [time, by] = [now(), colouring()]
  const known = new Map<Status, Map<string | number | undefined, Ink>>()
  return ({ fix, clocks }: Device): Ink => {
    const status = statusOf(clocks, time)
    const alike = by === 'route' ? fix.route : fix.speed
    const ofStatus = known.get(status) ?? new Map<string | number | undefined, Ink>()
    known.set(status, ofStatus)
    const found = ofStatus.get(alike)
    if (found !== undefined) return found
    const ink = deviceInk(fix, status, by)
    ofStatus.set(alike, ink)
    return ink
  }
}

/** The devices in view at `steady`, and whether any device at all still moves. */
export const devicesIn = (sheet: Sheet, scene: Scene, steady: number): { seen: Seen[]; moves: boolean } => {
  const ink = inkOf(scene)
  const edge = 20 * sheet.ratio
  const seen: Seen[] = []
  let moves = false
  for (const device of scene.devices()) {
    const { motion } = device
    if (isMoving(motion, steady)) moves = true
    const at = toSheet(sheet, placeAt(motion, steady))
    if (at.x < -edge || at.y < -edge || at.x > sheet.width + edge || at.y > sheet.height + edge) continue
    seen.push({ device, at, heading: headingAt(motion, steady), ink: ink(device) })
  }
  return { seen, moves }
}
