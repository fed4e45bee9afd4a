import type { Status } from '../../../wire/status.ts'
import { routeColourIn, type Shade } from '../../state/palette.ts'
import type { Colouring } from '../../state/prefs.ts'
import { colour } from '../shared/theme.ts'

const shadeNow = (): Shade => (document.documentElement.dataset.shade === 'light' ? 'light' : 'dark')

export const routeColour = (route: string): string => routeColourIn(route, shadeNow())

/** What a device looks like: a colour, and a shape that says how far it can be believed. */
export type Shape = 'solid' | 'hollow' | 'dotted'
export type Ink = { colour: string; shape: Shape }

const SHAPES: Readonly<Record<Status, Shape>> = {
  live: 'solid',
  late: 'hollow',
  stale: 'solid',
  offline: 'hollow',
  parked: 'dotted',
}

type Gone = 'stale' | 'offline'
const isGone = (status: Status): status is Gone => status === 'stale' || status === 'offline'

/** How a device moves, by its speed (m/s). */
const paceOf = (speed: number | undefined): 'moving' | 'slow' | 'stopped' => {
  if (speed === undefined || speed >= 4) return 'moving'
  return speed >= 0.7 ? 'slow' : 'stopped'
}
const PACES = { moving: 'good', slow: 'warn', stopped: 'down' } as const

/** What each colour and shape means where devices are coloured by status. */
export const COLOUR_KEY: readonly { name: string; token: string; shape: Shape }[] = [
  { name: 'moving', token: PACES.moving, shape: SHAPES.live },
  { name: 'slow', token: PACES.slow, shape: SHAPES.live },
  { name: 'stopped', token: PACES.stopped, shape: SHAPES.live },
  { name: 'parked', token: 'accent', shape: SHAPES.parked },
  { name: 'late', token: 'good', shape: SHAPES.late },
  { name: 'stale', token: 'map-stale', shape: SHAPES.stale },
  { name: 'offline', token: 'map-stale', shape: SHAPES.offline },
]

const colourOf = (fix: { route?: string; speed?: number }, status: Status, colouring: Colouring): string => {
  if (isGone(status)) return colour('map-stale')
  if (colouring === 'status') return colour(status === 'parked' ? 'accent' : PACES[paceOf(fix.speed)])
  return fix.route === undefined ? colour('accent') : routeColour(fix.route)
}

/** How a device is drawn. */
export const deviceInk = (fix: { route?: string; speed?: number }, status: Status, colouring: Colouring): Ink => ({
  colour: colourOf(fix, status, colouring),
  shape: SHAPES[status],
})
