import { deviceTopic } from '../../../wire/topics.ts'
import type { Piece } from '../../state/desk/pieces.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'
import { momentOf } from './times.ts'
import { useOpen } from './use-open.ts'

/** What a click on a piece does, in words and in deed. */
export type Opening = { label: string; act: () => void }
const opening = (label: string, act: () => void): Opening => ({ label, act })

/** How pieces of a message are opened; null for those that cannot be. `to`: the people whom the message reaches. */
export const useOpening = (to: readonly string[]): ((piece: Piece) => Opening | null) => {
  const { market } = useFloor()
  const { rights } = useDesk()
  const open = useOpen()
  const listed = market.listed.value
  return (piece) => {
    switch (piece.kind) {
      case 'symbol': {
        const { symbol } = piece
        const known = listed.some((entry) => entry.symbol === symbol)
        return known ? opening(`Show the chart of ${symbol}`, () => open.symbol(symbol)) : null
      }
      case 'device': {
        const { device } = piece
        if (!rights.may('watch', deviceTopic(device))) return null
        return opening(`Show ${device} on the map`, () => open.device(device))
      }
      case 'person':
        return to.includes(piece.id) ? opening('Show who is here', open.people) : null
      case 'place':
        return opening('Show this place on the map', () => open.place(piece.lat, piece.lon))
      case 'moment':
        return opening(`${momentOf(piece.t)}: show it in the chart`, () => open.moment(piece.t))
      case 'view':
        return opening('Open this view', () => open.view(piece.hash))
      default:
        return null
    }
  }
}
