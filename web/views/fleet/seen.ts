import { type Device, isSilent } from '../../state/fleet.ts'
import type { Point } from '../../state/mercator.ts'
import { headingAt, isMoving, placeAt } from '../../state/motion.ts'
import { type Sheet, toSheet } from './canvas-pane.ts'
import { deviceColour } from './palette.ts'
import type { Scene } from './scene.ts'

/** A device in view: where it is on the canvas, and what it looks like. */
export type Seen = { device: Device; at: Point; heading: number | null; ink: string }

/** The colour of each device, looked up once for all that look alike. */
const inkOf = ({ now, colouring }: Pick<Scene, 'now' | 'colouring'>) => {
  const [time, by] = [now(), colouring()]
  const known = new Map<string | number | undefined, string>()
  return (device: Device): string => {
    const silent = isSilent(device, time)
    const alike = silent ? -1 : by === 'route' ? device.fix.route : device.fix.speed
    const found = known.get(alike)
    if (found !== undefined) return found
    const ink = deviceColour(device.fix, silent, by)
    known.set(alike, ink)
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
