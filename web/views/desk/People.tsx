import type { Presence } from '../../../wire/rooms.ts'
import { parseTopic, REGISTER, topicId, topicKind } from '../../../wire/topics.ts'
import { subjectName } from '../../state/desk/room-names.ts'
import { formatAge } from '../../state/format.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'
import { Face } from './Face.tsx'
import { useOpen } from './use-open.ts'

/** Whoever came less than this ago, in milliseconds, just came. */
const JUST_NOW = 60_000

const On = ({ on }: { on: string }) => {
  const open = useOpen()
  const topic = parseTopic(on)
  const kind = topic && topicKind(topic)
  if (topic === null || (kind !== 's' && kind !== 'd')) return <>looks at {on === REGISTER ? 'the map' : on}</>
  const words = subjectName(topic)
  const show = kind === 's' ? open.symbol : open.device
  return (
    <>
      looks at{' '}
      <button type="button" class="named" title={`Show ${words}`} onClick={() => show(topicId(topic))}>
        {words}
      </button>
    </>
  )
}

const Person = ({ person, own }: { person: Presence; own: boolean }) => {
  const { follow, presence, look } = useDesk()
  const { link, now, narrow } = useFloor()
  const { id, name, since, on } = person
  const here = now() - link.clock.offset() - since
  const followed = follow.leader.value?.id === id
  const toggle = () => {
    if (followed) return follow.stop()
    follow.follow({ id, name })
    if (narrow.peek()) look.show(false)
  }
  return (
    <li data-here={id} data-on={on}>
      <Face id={id} name={name} />
      <div>
        <b dir="auto">{name}</b> <span class="handle">@{id}</span>
        {own && <span class="you">you</span>}
        <p>
          {here < JUST_NOW ? 'just came' : `here for ${formatAge(here)}`}
          {on !== undefined && ', '}
          {on !== undefined && <On on={on} />}
        </p>
      </div>
      {!own && on !== undefined && presence.has(id) && (
        <button type="button" class="button small" aria-pressed={followed} onClick={toggle}>
          {followed ? 'Following' : 'Follow'}
          <span class="unseen"> {name}</span>
        </button>
      )}
    </li>
  )
}

/** Who is here, what they like to tell of it, and what one tells oneself. */
export const People = () => {
  const { presence, handle, shows, show } = useDesk()
  const { link } = useFloor()
  // Once a second: for how long they are here.
  void link.silentFor.value
  const here = presence.here.value
  return (
    <div class="people-pane" role="tabpanel" aria-label="People">
      {handle.value !== null && (
        <label class="switch">
          <input type="checkbox" checked={shows.value} onChange={(event) => show(event.currentTarget.checked)} />
          <span>
            <b>Show others what I look at</b>
            <span>Your symbol, device and map. Colleagues can follow you.</span>
          </span>
        </label>
      )}
      {here.length === 0 ? (
        <p class="empty">
          <strong>Nobody is here by name</strong>
        </p>
      ) : (
        <ul class="here" aria-label="Who is here">
          {here.map((person) => (
            <Person key={person.id} person={person} own={person.id === handle.value} />
          ))}
        </ul>
      )}
    </div>
  )
}
