import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import type { Collector } from '../collect.ts'
import { createBuilder, type Open } from './builder.ts'
import type { Line } from './points.ts'

const valuesOf = ({ lat, lon }: Record<string, SaxesAttributeNS>) => ({
  ...(lat && { lat: lat.value }),
  ...(lon && { lon: lon.value }),
})

/**
 * The lines of points of a GPX file, as far as it can be read: a parser's errors are told, and it goes on. Of a file
 * that was cut off the last point may be lost.
 */
export const readLines = (text: string, collector: Collector): Line[] => {
  const whole = text.trimStart()
  const rowsBefore = text.slice(0, text.length - whole.length).split('\n').length - 1
  const builder = createBuilder(collector)
  const parser = new SaxesParser({ xmlns: true })
  const row = () => rowsBefore + parser.line
  const opened: Open[] = []
  let space = ''

  parser.on('opentag', ({ local, uri, attributes }) => {
    const parent = opened.at(-1)
    if (parent === undefined) space = uri
    const path = `${parent?.path ?? ''}/${uri === space ? '' : ':'}${local}`
    opened.push(builder.open(path, valuesOf(attributes), row()))
  })
  const hear = (part: string) => opened.at(-1)?.hear?.(part)
  parser.on('text', hear)
  parser.on('cdata', hear)
  parser.on('closetag', () => opened.pop()?.end?.())
  parser.on('error', ({ message }) =>
    collector.note('not well-formed XML, read as far as it goes', row(), message.replace(/^\d+:\d+: /, '')),
  )
  parser.write(whole).close()
  const unfinished = builder.unfinished()
  if (unfinished) collector.skip('the file ends within this point', unfinished.row, JSON.stringify(unfinished))
  return builder.lines
}
