import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Piece, piecesOf } from '../../state/desk/pieces.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'
import { momentOf } from './times.ts'
import { useOpen } from './use-open.ts'

type ChipProps = { kind: string; label: string; onClick: () => void; children: ComponentChildren }

const Chip = ({ kind, label, onClick, children }: ChipProps) => (
  <button type="button" class="named" data-kind={kind} title={label} onClick={onClick}>
    {children}
  </button>
)

type Props = { text: string; to: readonly string[] }

/** One piece of a message. All text is text: no piece of it is ever read as markup. */
const PieceView = ({ piece, to }: { piece: Piece; to: readonly string[] }) => {
  const { market } = useFloor()
  const { handle, rights } = useDesk()
  const open = useOpen()
  const { text } = piece
  switch (piece.kind) {
    case 'text':
      return <>{text}</>
    case 'symbol': {
      const known = market.listed.value.some(({ symbol }) => symbol === piece.symbol)
      if (!known) return <>{text}</>
      return (
        <Chip kind="symbol" label={`Show the chart of ${piece.symbol}`} onClick={() => open.symbol(piece.symbol)}>
          {text}
        </Chip>
      )
    }
    case 'device':
      if (!rights.may('watch', `d:${piece.device}`)) return <>{text}</>
      return (
        <Chip kind="device" label={`Show ${piece.device} on the map`} onClick={() => open.device(piece.device)}>
          {text}
        </Chip>
      )
    case 'person':
      if (!to.includes(piece.id)) return <>{text}</>
      return (
        <Chip
          kind={piece.id === handle.value ? 'me' : 'person'}
          label={`Show who is here: ${piece.id}`}
          onClick={open.people}
        >
          {text}
        </Chip>
      )
    case 'place':
      return (
        <Chip kind="place" label="Show this place on the map" onClick={() => open.place(piece.lat, piece.lon)}>
          {text}
        </Chip>
      )
    case 'moment':
      return (
        <Chip kind="moment" label={`${momentOf(piece.t)}: show it in the chart`} onClick={() => open.moment(piece.t)}>
          {text}
        </Chip>
      )
    case 'view':
      return (
        <Chip kind="view" label="Open this view" onClick={() => open.view(piece.hash)}>
          {text}
        </Chip>
      )
    case 'link':
      return (
        <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow" title={piece.href}>
          {text}
        </a>
      )
  }
}

/** The text of a message, with whatever it names to be opened by a click. `to`: the people whom it reaches. */
export const Text = ({ text, to }: Props) => {
  const pieces = useMemo(() => piecesOf(text, location.origin), [text])
  return (
    <p class="body" dir="auto">
      {pieces.map((piece, i) => (
        <PieceView key={i} piece={piece} to={to} />
      ))}
    </p>
  )
}
