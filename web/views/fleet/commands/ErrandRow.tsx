import type { Errand } from '../../../state/commands/errands.ts'
import { argsInWords } from '../../../state/commands/words.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { useCommanding } from './commanding-context.ts'

/** What was asked here and no node has taken yet, or why none will. */
export const ErrandRow = ({ errand }: { errand: Errand }) => {
  const { kinds, errands, giveUp } = useCommanding()
  const { link } = useFloor()
  const { phase, error } = errand
  const live = link.phase.value.phase === 'live'
  const title = errand.what === 'cancel' ? 'Cancel' : kinds.titleOf(errand.request.kind)
  const about = errand.what === 'cancel' ? '' : argsInWords(kinds.find(errand.request.kind), errand.request.args ?? {})
  const refused = phase === 'refused'
  return (
    <li class="command" data-errand={phase} data-mood={refused ? 'bad' : 'open'}>
      <p class="what">
        <b class="title">{title}</b> {about !== '' && <span class="args">{about}</span>}
      </p>
      <p class="stands" role={refused ? 'alert' : 'status'}>
        <span class="state">
          {refused ? error : live ? 'on its way to a node' : 'no connection: it goes out as soon as there is one'}
        </span>
      </p>
      <p class="row-acts">
        <button
          type="button"
          class="button small"
          onClick={() => (refused ? errands.discard(errand.id) : giveUp(errand))}
        >
          {refused ? 'Dismiss' : 'Don’t send it'}
        </button>
      </p>
    </li>
  )
}
