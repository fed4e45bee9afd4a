import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Piece, piecesOf } from '../../state/desk/pieces.ts'
import { useDesk } from './desk-context.ts'
import { type Opening, useOpening } from './use-opening.ts'

/** One piece of a message. All text is text: no piece of it is ever read as markup. */
const PieceView = ({ piece, opens, own }: { piece: Piece; opens: Opening | null; own: boolean }) => {
  const { text } = piece
  if (piece.kind === 'link')
    return (
      <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow" title={piece.href}>
        {text}
      </a>
    )
  if (opens === null) return <>{text}</>
  return (
    <button type="button" class="named" data-kind={own ? 'me' : piece.kind} title={opens.label} onClick={opens.act}>
      {text}
    </button>
  )
}

type Props = {
  text: string
  /** The people whom it reaches. */
  to: readonly string[]
  /** What stands behind it. */
  children?: ComponentChildren
}

/** The text of a message, with whatever it names to be opened by a click. */
export const Text = ({ text, to, children }: Props) => {
  const { handle } = useDesk()
  const opens = useOpening(to)
  const pieces = useMemo(() => piecesOf(text, location.origin), [text])
  return (
    <p class="body" dir="auto">
      {pieces.map((piece, i) => (
        <PieceView
          key={i}
          piece={piece}
          opens={opens(piece)}
          own={piece.kind === 'person' && piece.id === handle.value}
        />
      ))}
      {children}
    </p>
  )
}
