import { makeStamp, type Stamp, setStamp } from '../../state/stamp.ts'
import type { Ink, Shape } from './palette.ts'

/** Directions a device is prepared in, fine enough that turning looks smooth; one more picture has no direction. */
const HEADINGS = 48

/** A device prepared in all directions, side by side. `cell`: the width of one, in device pixels. */
type Sheet = { canvas: HTMLCanvasElement; cell: number; stamps: (Stamp | undefined)[] }
export type SpriteStyle = { halo: string; radius: number; ratio: number }

const outline = (context: CanvasRenderingContext2D, radius: number, pointed: boolean): void => {
  context.beginPath()
  if (pointed) {
    context.arc(0, 0, radius, -Math.PI / 2 + 0.62, 1.5 * Math.PI - 0.62)
    context.lineTo(0, -radius * 1.75)
    context.closePath()
  } else context.arc(0, 0, radius, 0, 7)
}

/** A device around the place where the context is. */
const paint = (context: CanvasRenderingContext2D, { colour, shape }: Ink, pointed: boolean, style: SpriteStyle) => {
  const { halo, radius } = style
  context.lineJoin = 'round'
  outline(context, radius, pointed)
  context.fillStyle = shape === 'hollow' ? halo : colour
  context.strokeStyle = halo
  context.lineWidth = Math.max(1.25, radius * 0.28)
  context.stroke()
  context.fill()
  if (shape === 'solid') return
  if (shape === 'hollow') {
    outline(context, radius * 0.86, pointed)
    context.strokeStyle = colour
    context.lineWidth = Math.max(1.25, radius * 0.36)
    context.stroke()
  } else {
    outline(context, radius * 0.42, false)
    context.fillStyle = halo
    context.fill()
  }
}

const makeSheet = (ink: Ink, style: SpriteStyle): Sheet => {
  const { radius, ratio } = style
  const cell = Math.ceil(radius * 4.4 * ratio) | 1
  const canvas = document.createElement('canvas')
  canvas.width = cell * (HEADINGS + 1)
  canvas.height = cell
  const context = canvas.getContext('2d')
  for (let i = 0; context && i <= HEADINGS; i++) {
    context.setTransform(ratio, 0, 0, ratio, (i + 0.5) * cell, cell / 2)
    context.rotate((i / HEADINGS) * 2 * Math.PI)
    paint(context, ink, i < HEADINGS, style)
  }
  return { canvas, cell, stamps: [] }
}

const turnOf = (heading: number | null): number =>
  heading === null ? HEADINGS : Math.round((((heading % 360) + 360) % 360) / (360 / HEADINGS)) % HEADINGS

const stampOf = (sheet: Sheet, turn: number): Stamp | undefined => {
  const { canvas, cell, stamps } = sheet
  const data = stamps[turn] ? undefined : canvas.getContext('2d')?.getImageData(turn * cell, 0, cell, cell).data
  if (data) stamps[turn] = makeStamp(new Uint32Array(data.buffer), cell)
  return stamps[turn]
}

const none = (): Record<Shape, Map<string, Sheet>> => ({ solid: new Map(), hollow: new Map(), dotted: new Map() })

/**
 * Prepared pictures of devices. A sheet is made when its colour is first needed; all are thrown away when the theme or
 * the size changes. Places are device pixels, on a context without a transform.
 */
export const createSprites = () => {
  let sheets: Record<Shape, Map<string, Sheet>> = none()
  let made: SpriteStyle = { halo: '', radius: 0, ratio: 0 }

  const sheetOf = (ink: Ink, style: SpriteStyle): Sheet => {
    if (style.halo !== made.halo || style.radius !== made.radius || style.ratio !== made.ratio) {
      sheets = none()
      made = style
    }
    const ofShape = sheets[ink.shape]
    const known = ofShape.get(ink.colour)
    if (known) return known
    const sheet = makeSheet(ink, style)
    ofShape.set(ink.colour, sheet)
    return sheet
  }

  return {
    /** Draws one device over what is there. */
    draw: (
      context: CanvasRenderingContext2D,
      { x, y }: { x: number; y: number },
      heading: number | null,
      ink: Ink,
      style: SpriteStyle,
    ): void => {
      const { canvas, cell } = sheetOf(ink, style)
      const [left, top] = [Math.round(x) - (cell >> 1), Math.round(y) - (cell >> 1)]
      context.drawImage(canvas, turnOf(heading) * cell, 0, cell, cell, left, top, cell, cell)
    },
    /** Writes one device into an image, which is faster where they are thousands. */
    stamp: (
      image: { pixels: Uint32Array; width: number; height: number },
      { x, y }: { x: number; y: number },
      heading: number | null,
      ink: Ink,
      style: SpriteStyle,
    ): void => {
      const stamp = stampOf(sheetOf(ink, style), turnOf(heading))
      if (stamp) setStamp(image.pixels, image.width, image.height, stamp, Math.round(x), Math.round(y))
    },
  }
}
