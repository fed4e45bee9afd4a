import { routeColourIn, type Shade } from '../../state/palette.ts'
import type { Colouring } from '../../state/prefs.ts'
import { colour } from '../shared/theme.ts'

const shadeNow = (): Shade => (document.documentElement.dataset.shade === 'light' ? 'light' : 'dark')

export const routeColour = (route: string): string => routeColourIn(route, shadeNow())

/** How a device is doing, for colouring by status. Speeds are in m/s. */
const statusOf = (speed: number | undefined, silent: boolean): keyof typeof STATUS_COLOURS => {
  if (silent) return 'silent'
  if (speed === undefined || speed >= 4) return 'moving'
  return speed >= 0.7 ? 'slow' : 'stopped'
}

export const STATUS_COLOURS = { moving: 'good', slow: 'warn', stopped: 'down', silent: 'map-stale' } as const

/** The colour of a device. */
export const deviceColour = (
  { route, speed }: { route?: string; speed?: number },
  silent: boolean,
  colouring: Colouring,
): string => {
  if (silent) return colour('map-stale')
  if (colouring === 'status') return colour(STATUS_COLOURS[statusOf(speed, silent)])
  return route === undefined ? colour('accent') : routeColour(route)
}
