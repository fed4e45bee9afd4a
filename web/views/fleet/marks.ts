import { cellBounds, quadkeyOfCell } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { type Point, project } from '../../state/mercator.ts'
import { colour } from '../shared/theme.ts'
import { type Sheet, toSheet } from './canvas-pane.ts'

/** The outlines of the watched cells, under whatever is drawn already. */
export const drawCells = (sheet: Sheet, cells: readonly string[]): void => {
  const { context, ratio } = sheet
  context.globalCompositeOperation = 'destination-over'
  context.strokeStyle = colour('map-cell')
  context.lineWidth = ratio
  context.beginPath()
  for (const tile of new Set(cells.map(quadkeyOfCell))) {
    const { west, east, north, south } = cellBounds(tile)
    const from = toSheet(sheet, project(north, west))
    const to = toSheet(sheet, project(south, east))
    context.rect(Math.round(from.x) + 0.5, Math.round(from.y) + 0.5, to.x - from.x, to.y - from.y)
  }
  context.stroke()
  context.globalCompositeOperation = 'source-over'
}

/** A device's trail. Its last fix is where the device goes, not where it is drawn: the trail ends under the device. */
export const drawTrack = (sheet: Sheet, track: readonly Fix[], end: Point, ink: string): void => {
  const { context, ratio } = sheet
  const points = track.map(({ lat, lon }) => toSheet(sheet, project(lat, lon)))
  points.splice(-1, 1, end)
  context.lineJoin = context.lineCap = 'round'
  for (const [width, style] of [
    [8, colour('map-halo')],
    [4, ink],
  ] as const) {
    context.strokeStyle = style
    context.lineWidth = width * ratio
    context.beginPath()
    for (const { x, y } of points) context.lineTo(x, y)
    context.stroke()
  }
}

export const drawRing = (
  { context, ratio }: Sheet,
  { x, y }: Point,
  radius: number,
  ink: string,
  width: number,
): void => {
  context.strokeStyle = ink
  context.lineWidth = width * ratio
  context.beginPath()
  context.arc(x, y, radius * ratio, 0, 7)
  context.stroke()
}

/** Fixes of the trail that came late: hollow. */
export const drawLate = (sheet: Sheet, fixes: readonly Fix[], ink: string): void => {
  const { context } = sheet
  context.fillStyle = colour('map-halo')
  for (const { lat, lon } of fixes) {
    const at = toSheet(sheet, project(lat, lon))
    drawRing(sheet, at, 4, ink, 2)
    context.fill()
    context.stroke()
  }
}

/** Where a device can hardly have been: hollow, and joined to nothing. */
export const drawDoubtful = (sheet: Sheet, doubtful: readonly Fix[]): void => {
  for (const { lat, lon } of doubtful) {
    const at = toSheet(sheet, project(lat, lon))
    drawRing(sheet, at, 4.5, colour('map-halo'), 4)
    drawRing(sheet, at, 4.5, colour('warn'), 1.75)
  }
}

/** Places that a command names, joined in their order. */
export const drawSpots = (sheet: Sheet, spots: readonly { lat: number; lon: number }[]): void => {
  const { context, ratio } = sheet
  const points = spots.map(({ lat, lon }) => toSheet(sheet, project(lat, lon)))
  context.lineJoin = context.lineCap = 'round'
  for (const [width, ink] of [
    [6, colour('map-halo')],
    [2.5, colour('accent')],
  ] as const) {
    context.strokeStyle = ink
    context.lineWidth = width * ratio
    context.setLineDash(width > 3 ? [] : [6 * ratio, 5 * ratio])
    context.beginPath()
    for (const { x, y } of points) context.lineTo(x, y)
    context.stroke()
  }
  context.setLineDash([])
  for (const at of points) {
    drawRing(sheet, at, 6, colour('map-halo'), 6)
    drawRing(sheet, at, 6, colour('accent'), 3)
  }
}

/** Routes in letters beside their devices. */
export const drawLabels = (sheet: Sheet, labels: readonly { text: string; at: Point }[], font: string): void => {
  const { context, ratio } = sheet
  context.font = `600 ${11 * ratio}px ${font}`
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = 3 * ratio
  context.strokeStyle = colour('map-halo')
  context.fillStyle = colour('text')
  for (const { text, at } of labels) {
    context.strokeText(text, at.x + 11 * ratio, at.y + 0.5 * ratio)
    context.fillText(text, at.x + 11 * ratio, at.y + 0.5 * ratio)
  }
}
