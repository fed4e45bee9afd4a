import { piecesOf } from './pieces.ts'

/** The sign before what a chip names. */
export const SIGNS = { symbol: '$', device: '#', person: '@' } as const
export type Sign = (typeof SIGNS)[keyof typeof SIGNS]

/** How a name is written in a message so that it is read as that chip: plain where that will do, else in braces. */
export const chipText = (kind: 'symbol' | 'device', name: string): string => {
  const plain = `${SIGNS[kind]}${name}`
  const [piece, ...more] = piecesOf(plain, '')
  return piece?.kind === kind && more.length === 0 ? plain : `${SIGNS[kind]}{${name}}`
}

/** A text with a chip at the cursor, apart from what stands around it, and where the cursor is then. */
export const withChip = (text: string, at: number, chip: string): { text: string; at: number } => {
  const [before, after] = [text.slice(0, at), text.slice(at)]
  const lead = before === '' || /\s$/.test(before) ? '' : ' '
  const inserted = `${lead}${chip}${/^\s/.test(after) ? '' : ' '}`
  return { text: `${before}${inserted}${after}`, at: at + inserted.length + (/^\s/.test(after) ? 1 : 0) }
}
