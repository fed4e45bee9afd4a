import { useSignal } from '@preact/signals'
import type { Topic } from '../../../wire/topics.ts'
import { carriesChip, droppedChip } from '../shared/drag.ts'
import { useFloor } from '../shared/floor-context.ts'
import { Composer } from './Composer.tsx'
import { useDesk } from './desk-context.ts'
import { Log } from './Log.tsx'
import { NameForm } from './NameForm.tsx'
import { RoomList } from './RoomList.tsx'
import { Typing } from './Typing.tsx'

const Writing = ({ room, onLeave }: { room: Topic; onLeave: () => void }) => {
  const { rights, handle } = useDesk()
  const { past } = useFloor()
  if (past !== null) return <p class="read-only">This is the past: you can read, but not write.</p>
  if (!rights.says(room)) return <p class="read-only">You can read this room, but not write in it.</p>
  return handle.value === null ? <NameForm /> : <Composer key={room} room={room} onLeave={onLeave} />
}

/** The list of rooms, and the one that was chosen. A symbol or a device that is dropped on it is named there. */
export const Room = ({ onLeave }: { onLeave: () => void }) => {
  const { look, drafts, handle, rights } = useDesk()
  const room = look.room.value
  const over = useSignal(false)
  const writes = handle.value !== null && rights.says(room)
  return (
    <div
      class="room"
      role="tabpanel"
      aria-label="Rooms"
      data-over={over.value && writes ? '' : undefined}
      onDragOver={(event) => {
        if (!writes || !carriesChip(event)) return
        event.preventDefault()
        over.value = true
      }}
      onDragLeave={() => {
        over.value = false
      }}
      onDrop={(event) => {
        over.value = false
        const chip = droppedChip(event)
        if (!writes || chip === '') return
        event.preventDefault()
        drafts.cite(room, chip)
        look.write()
      }}
    >
      <RoomList />
      <Log room={room} />
      <Typing room={room} />
      <Writing room={room} onLeave={onLeave} />
    </div>
  )
}
