import { useSignal } from '@preact/signals'
import type { ShareReply } from '../../../wire/people.ts'
import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ShareIcon } from '../shared/icons.tsx'
import { Dialog } from './Dialog.tsx'
import { LinkOnce } from './LinkOnce.tsx'
import { type Shareable, ShareForm } from './ShareForm.tsx'

const ONCE = 'It is shown this once. To take it back, open Shares in the menu with your name.'

const ShareDialog = ({ choices, onClose }: { choices: readonly Shareable[]; onClose: () => void }) => {
  const { now } = useFloor()
  const made = useSignal<ShareReply | null>(null)
  return (
    <Dialog title={`Share ${choices[0]?.name ?? ''}`} onClose={onClose}>
      {made.value === null ? (
        <ShareForm
          choices={choices}
          onDone={(reply) => {
            made.value = reply
          }}
        />
      ) : (
        <LinkOnce
          link={made.value.link}
          about={`Whoever has this link sees it until ${formatWhen(made.value.share.until, now())}. ${ONCE}`}
        />
      )}
    </Dialog>
  )
}

type Props = {
  label: string
  /** What may be shared from here, the likeliest first, asked for when the dialog opens. */
  choices: () => readonly Shareable[]
  /** With its label in sight, or as a picture alone. */
  plain?: boolean
}

/** Hands a link to something on. Stands only where this person may share it. */
export const ShareButton = ({ label, choices, plain = false }: Props) => {
  const offered = useSignal<readonly Shareable[] | null>(null)
  return (
    <>
      <button
        type="button"
        class={plain ? 'icon-button' : 'button'}
        aria-label={label}
        title={label}
        onClick={() => {
          offered.value = choices()
        }}
      >
        {plain ? <ShareIcon /> : 'Share'}
      </button>
      {offered.value !== null && (
        <ShareDialog
          choices={offered.value}
          onClose={() => {
            offered.value = null
          }}
        />
      )}
    </>
  )
}
