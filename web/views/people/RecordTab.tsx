import { useEffect, useMemo } from 'preact/hooks'
import type { RecordedAct } from '../../../wire/people.ts'
import { createRecord } from '../../state/record.ts'
import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ListState } from './ListState.tsx'

const ACTS: Record<RecordedAct, string> = {
  signed_in: 'signed in',
  signed_out: 'signed out',
  refused: 'was refused',
  invited: 'invited',
  renewed: 'renewed',
  shared: 'shared',
  revoked: 'revoked',
  announced: 'announced',
  commanded: 'commanded',
  devices: 'changed a device',
}

/** Who did what: newest first. */
export const RecordTab = () => {
  const { people, now } = useFloor()
  const record = useMemo(() => createRecord(people.calls), [people])
  const list = record.list.value
  useEffect(() => void record.load(), [record])
  const time = now()
  return (
    <>
      <ListState list={list} onRetry={record.load} empty={<p>Nothing has happened yet.</p>} />
      <ul class="record" aria-label="Record">
        {list.rows.map(({ n, t, who, what, about }) => (
          <li key={n}>
            <time dateTime={new Date(t).toISOString()} title={new Date(t).toLocaleString()}>
              {formatWhen(t, time)}
            </time>
            <span>
              <b>{who === '' ? 'Somebody' : who}</b> {ACTS[what]} <span class="soft">{about}</span>
            </span>
          </li>
        ))}
      </ul>
      {record.next.value !== null && list.rows.length > 0 && (
        <button type="button" class="button" onClick={record.loadOlder}>
          Show older
        </button>
      )}
    </>
  )
}
