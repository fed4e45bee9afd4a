import { useSignal } from '@preact/signals'
import { MAX_PERSON_NAME } from '../../../wire/people.ts'
import { errorOf } from '../../state/calls.ts'
import { grantsInWords } from '../../state/grants-in-words.ts'
import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'
import { PersonIcon } from '../shared/icons.tsx'
import { usePopover } from '../shared/use-popover.ts'
import { PeopleDialog, useOffices } from './PeopleDialog.tsx'

/** On an open floor: a name, so that others know who writes. */
const NameForm = ({ first }: { first: string }) => {
  const { people } = useFloor()
  const name = useSignal(first)
  const trouble = useSignal<string | null>(null)
  const give = async (event: Event): Promise<void> => {
    event.preventDefault()
    trouble.value = (await people.giveName(name.value.trim()))?.message ?? null
  }
  return (
    <form class="name-form" onSubmit={give}>
      <label class="field">
        <span>Your name</span>
        <input
          required
          autocomplete="name"
          maxLength={MAX_PERSON_NAME}
          value={name}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button">
        Use this name
      </button>
      {trouble.value !== null && (
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
      )}
    </form>
  )
}

const MayDo = () => {
  const { people, now } = useFloor()
  const until = people.me.value?.until ?? null
  return (
    <>
      <h3>You may</h3>
      <ul class="words">
        {grantsInWords(people.grants.value).map((line) => (
          <li key={line}>{line}</li>
        ))}
        {people.grants.value.length === 0 && <li>Nothing yet. Whoever manages people here can change that.</li>}
      </ul>
      {until !== null && <p class="soft">Until {formatWhen(until, now())}</p>}
    </>
  )
}

const SignOut = () => {
  const { people } = useFloor()
  const trouble = useSignal<string | null>(null)
  const leave = async (): Promise<void> => {
    const reply = await people.signOut()
    trouble.value = errorOf(reply)?.message ?? null
    if ('next' in reply && reply.next !== null) location.assign(reply.next)
  }
  return (
    <>
      <button type="button" class="button" onClick={leave}>
        Sign out
      </button>
      {trouble.value !== null && (
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
      )}
    </>
  )
}

const Menu = ({ onManage }: { onManage: () => void }) => {
  const { people } = useFloor()
  const me = people.me.value
  const open = people.ways.value.open
  const offices = useOffices()
  return (
    <div class="popover who-menu">
      <h2>
        {me?.name || 'Open floor'} {me?.id != null && <span class="soft">@{me.id}</span>}
      </h2>
      {open && <p class="soft">The floor is open: everyone who reaches this page may do everything.</p>}
      {open && <NameForm key={me?.id ?? ''} first={me?.name ?? ''} />}
      {!open && <MayDo />}
      <div class="sheet-actions">
        {offices.length > 0 && (
          <button type="button" class="button" onClick={onManage}>
            {offices.map(({ name }) => name).join(', ')}…
          </button>
        )}
        {me?.id != null && <SignOut />}
      </div>
    </div>
  )
}

/** Who one is on this floor; a click tells what one may do, and is the way out. */
export const Who = () => {
  const { people } = useFloor()
  const { open, root, toggle } = usePopover()
  const managing = useSignal(false)
  const me = people.me.value
  // The node has not said yet.
  if (me === null && !people.ways.value.open) return null
  const name = me?.name || 'Open floor'
  return (
    <div class="who" ref={root}>
      <button
        type="button"
        aria-expanded={open.value}
        title={people.ways.value.open ? 'Open floor: everyone may do everything' : `Signed in as ${name}`}
        data-who={me?.id ?? ''}
        onClick={toggle}
      >
        <PersonIcon />
        <span>{name}</span>
        {people.ways.value.open && me?.id != null && <span class="soft">Open floor</span>}
      </button>
      {open.value && (
        <Menu
          onManage={() => {
            open.value = false
            managing.value = true
          }}
        />
      )}
      {managing.value && (
        <PeopleDialog
          onClose={() => {
            managing.value = false
            root.current?.querySelector('button')?.focus()
          }}
        />
      )}
    </div>
  )
}
