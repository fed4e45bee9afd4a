import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { ImportReply } from '../../../../wire/devices.ts'
import { createDevices, MOST_CSV_BYTES } from '../../../state/devices.ts'
import { Dialog } from '../../people/Dialog.tsx'
import { useFloor } from '../../shared/floor-context.ts'

/** Lines that went wrong are named up to so many. */
const MOST_NAMED = 100

const counted = (count: number, what: string): string => `${count} ${what}`

/** What became of a file, and of each line that went wrong. */
const Outcome = ({ reply: { added, changed, wrong } }: { reply: ImportReply }) => (
  <section class="outcome" aria-label="What became of it" data-import="">
    <p role="status">
      <b>{counted(added, 'added')}</b>, <b>{counted(changed, 'changed')}</b>,{' '}
      <b class={wrong.length > 0 ? 'grave' : ''}>
        {wrong.length === 1 ? '1 line is wrong' : `${wrong.length} lines are wrong`}
      </b>
    </p>
    {wrong.length > 0 && (
      <ul>
        {wrong.slice(0, MOST_NAMED).map(({ line, why }) => (
          <li key={line} data-line={line}>
            <b>Line {line}</b> {why}
          </li>
        ))}
        {wrong.length > MOST_NAMED && <li class="soft">and {wrong.length - MOST_NAMED} more</li>}
      </ul>
    )}
  </section>
)

/** Takes in a file; `told` says what is under way or what went wrong. */
const useImport = (onChanged: () => void) => {
  const { people } = useFloor()
  const devices = useMemo(() => createDevices(people.calls), [people])
  const reply = useSignal<ImportReply | null>(null)
  const busy = useSignal<string | null>(null)
  const trouble = useSignal<string | null>(null)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined || busy.value !== null) return
    reply.value = trouble.value = null
    if (file.size > MOST_CSV_BYTES) {
      trouble.value = `${file.name} is too large: a file has 1 MB at the most. Split it.`
      return
    }
    busy.value = file.name
    const answer = await devices.takeIn(await file.text())
    busy.value = null
    if ('error' in answer) trouble.value = answer.error.message
    else reply.value = answer
    onChanged()
  }
  return { reply, busy, trouble, take }
}

/** Adds and describes devices from a file. */
export const ImportDevices = ({ onClose, onChanged }: { onClose: () => void; onChanged: () => void }) => {
  const { reply, busy, trouble, take } = useImport(onChanged)
  const over = useSignal(false)
  return (
    <Dialog title="Import devices" onClose={onClose}>
      <p class="soft">
        A CSV file with a line for each device. Its first line names the columns: first id, then any of name, group and
        category; other columns are attributes, such as plate. An export has the same columns.
      </p>
      <label
        class="drop"
        data-over={over.value ? '' : undefined}
        onDragOver={(event) => {
          event.preventDefault()
          over.value = true
        }}
        onDragLeave={() => {
          over.value = false
        }}
        onDrop={(event) => {
          event.preventDefault()
          over.value = false
          void take(event.dataTransfer?.files[0])
        }}
      >
        <span>{busy.value === null ? 'Drop a file here, or choose one' : `Taking in ${busy.value}…`}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          aria-label="CSV file"
          onChange={(event) => {
            void take(event.currentTarget.files?.[0])
            // The same file, mended, may be chosen again.
            event.currentTarget.value = ''
          }}
        />
      </label>
      {trouble.value !== null && (
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
      )}
      {reply.value !== null && <Outcome reply={reply.value} />}
    </Dialog>
  )
}
