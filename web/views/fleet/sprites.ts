/** Directions a vehicle is prepared in: fine enough that turning looks smooth. */
const HEADINGS = 48

/** A vehicle prepared in all directions, side by side on one canvas. `cell`: the width of one, in device pixels. */
type Sheet = { canvas: HTMLCanvasElement; cell: number }

const body = (
  context: CanvasRenderingContext2D,
  radius: number,
  fill: string,
  halo: string,
  pointed: boolean,
): void => {
  context.beginPath()
  context.arc(0, 0, radius, -Math.PI / 2 + 0.62, 1.5 * Math.PI - 0.62)
  if (pointed) context.lineTo(0, -radius * 1.75)
  context.closePath()
  if (!pointed) {
    context.beginPath()
    context.arc(0, 0, radius, 0, 7)
  }
  context.fillStyle = fill
  context.strokeStyle = halo
  context.lineWidth = Math.max(1.25, radius * 0.28)
  context.lineJoin = 'round'
  context.stroke()
  context.fill()
}

const makeSheet = (fill: string, halo: string, radius: number, ratio: number): Sheet => {
  const cell = Math.ceil(radius * 4.4 * ratio)
  const canvas = document.createElement('canvas')
  canvas.width = cell * (HEADINGS + 1)
  canvas.height = cell
  const context = canvas.getContext('2d')
  for (let i = 0; context && i <= HEADINGS; i++) {
    context.setTransform(ratio, 0, 0, ratio, (i + 0.5) * cell, cell / 2)
    context.rotate((i / HEADINGS) * 2 * Math.PI)
    body(context, radius, fill, halo, i < HEADINGS)
  }
  return { canvas, cell }
}

/**
 * Prepared pictures of vehicles: drawing one is a copy. A sheet is made when its colour is first needed; all are thrown away
 * when the theme or the size changes.
 */
export const createSprites = () => {
  const sheets = new Map<string, Sheet>()
  let made = ''

  return {
    /** Draws a vehicle at `x`, `y` (device pixels) on a context without a transform. */
    draw: (
      context: CanvasRenderingContext2D,
      x: number,
      y: number,
      heading: number | null,
      fill: string,
      style: { halo: string; radius: number; ratio: number },
    ): void => {
      const key = `${style.halo}/${style.radius}/${style.ratio}`
      if (key !== made) sheets.clear()
      made = key
      let sheet = sheets.get(fill)
      if (!sheet) {
        sheet = makeSheet(fill, style.halo, style.radius, style.ratio)
        sheets.set(fill, sheet)
      }
      const { canvas, cell } = sheet
      const i = heading === null ? HEADINGS : Math.round((((heading % 360) + 360) % 360) / (360 / HEADINGS)) % HEADINGS
      context.drawImage(canvas, i * cell, 0, cell, cell, Math.round(x - cell / 2), Math.round(y - cell / 2), cell, cell)
    },
  }
}
export type Sprites = ReturnType<typeof createSprites>
