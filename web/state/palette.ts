/** Twelve hues (degrees) that stay apart side by side; neighbours in the list are far from each other. */
const HUES = [205, 28, 165, 330, 48, 262, 8, 186, 295, 85, 225, 350] as const

/** The colours that routes are drawn in, as an index into a palette: every route keeps its own, wherever it is seen. */
const routeHue = (route: string): number => {
  let hash = 2_166_136_261
  for (let i = 0; i < route.length; i++) hash = Math.imul(hash ^ route.charCodeAt(i), 16_777_619) >>> 0
  return HUES[hash % HUES.length] ?? HUES[0]
}

export type Shade = 'dark' | 'light'

/** A route's colour, equally strong in each hue, for a shade of the theme. */
export const routeColourIn = (route: string, shade: Shade): string => {
  const hue = routeHue(route)
  return shade === 'dark' ? `oklch(0.78 0.13 ${hue})` : `oklch(0.56 0.15 ${hue})`
}
