import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { PersonEntry } from '../../../wire/people.ts'
import { createEveryone } from '../../state/everyone.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ConfirmButton } from './ConfirmButton.tsx'
import { ListState } from './ListState.tsx'

const AGAIN = 'Whoever has an account with your identity provider can sign in again: take it away there first.'

/** Everyone whom the floor knows, and the way to end all that lets one of them in. */
export const EveryoneTab = () => {
  const { people } = useFloor()
  const everyone = useMemo(() => createEveryone(people.calls), [people])
  const told = useSignal<{ text: string; grave: boolean } | null>(null)
  const list = everyone.list.value
  const me = people.me.value?.id
  useEffect(() => void everyone.load(), [everyone])
  const cutOff = async ({ id, name }: PersonEntry): Promise<void> => {
    const error = await everyone.cutOff(id)
    told.value = error ? { text: error.message, grave: true } : { text: `${name} is cut off everywhere.`, grave: false }
  }
  return (
    <>
      <p class="soft">
        Cutting somebody off ends their invitations, their open pages and what they shared, at once.
        {people.ways.value.openid && ` ${AGAIN}`}
      </p>
      {told.value !== null && (
        <p class={told.value.grave ? 'trouble' : ''} role={told.value.grave ? 'alert' : 'status'}>
          {told.value.text}
        </p>
      )}
      <ListState list={list} onRetry={everyone.load} empty={<p>Nobody has been here yet.</p>} />
      <ul class="list" aria-label="Everyone">
        {list.rows.map((person) => (
          <li key={person.id} data-person={person.id}>
            <div class="what">
              <b>{person.name}</b> <span class="soft">@{person.id}</span>
            </div>
            {person.id === me ? (
              <span class="soft">You</span>
            ) : (
              <ConfirmButton
                label="Cut off"
                sure="Cut off everywhere"
                title={`Cut off ${person.name}`}
                onConfirm={() => void cutOff(person)}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
