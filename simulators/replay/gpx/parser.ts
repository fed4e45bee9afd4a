import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import type { Collector } from '../collect.ts'
import { MOST_ROW, tooLong } from '../lines.ts'
import { createBuilder, type Open } from './builder.ts'
import type { Line, Point } from './points.ts'

/** Elements within elements; a file has no use for more than some ten. */
const MOST_DEPTH = 200
/** A longer path is of no element that is read. */
const MOST_PATH = 1000

const valuesOf = ({ lat, lon }: Record<string, SaxesAttributeNS>) => ({
  ...(lat && { lat: lat.value }),
  ...(lon && { lon: lon.value }),
})

/** Throws where the root is another than a GPX file's. */
const checkRoot = (local: string, name: string): void => {
  if (local !== 'gpx') throw new Error(`its root element is <${name}>`)
}

/**
 * Finds the points of a GPX file, as far as it can be read: a parser's errors are told, and it goes on. Of a file that
 * was cut off the last point may be lost.
 */
export const createParser = (
  firstRow: number,
  collector: Collector,
  onPoint: (line: Line, point: Point) => void,
): { write: (text: string) => void; end: () => void } => {
  const builder = createBuilder(collector, onPoint)
  const parser = new SaxesParser({ xmlns: true })
  const row = () => firstRow - 1 + parser.line
  const opened: Open[] = []
  let space: string | null = null
  /** Where the parser was when it last came to the end of something: it keeps all that follows. */
  let heard = 0
  const listen = (hear?: (part: string) => void) => (part: string) => {
    heard = parser.position
    hear?.(part)
  }

  parser.on('opentag', ({ name, local, uri, attributes }) => {
    heard = parser.position
    const parent = opened.at(-1)
    if (space === null) checkRoot(local, name)
    if (opened.length === MOST_DEPTH) throw new Error(`row ${row()}: elements are nested more than ${MOST_DEPTH} deep`)
    space ??= uri
    const path = `${parent?.path ?? ''}/${uri === space ? '' : ':'}${local}`
    opened.push(builder.open(path.slice(0, MOST_PATH), valuesOf(attributes), row()))
  })
  const text = listen((part) => opened.at(-1)?.hear?.(part))
  parser.on('text', text)
  parser.on('cdata', text)
  parser.on('comment', listen())
  parser.on('doctype', listen())
  parser.on('processinginstruction', () => {
    heard = parser.position
  })
  parser.on('closetag', () => {
    heard = parser.position
    opened.pop()?.end?.()
  })
  parser.on('error', ({ message }) =>
    collector.note('not well-formed XML, read as far as it goes', row(), message.replace(/^\d+:\d+: /, '')),
  )
  return {
    write: (part) => {
      parser.write(part)
      if (parser.position - heard > MOST_ROW) throw tooLong(row())
    },
    end: () => {
      parser.close()
      if (space === null) throw new Error('it does not begin as XML')
      const unfinished = builder.unfinished()
      if (unfinished) collector.skip('the file ends within this point', unfinished.row, JSON.stringify(unfinished))
    },
  }
}
