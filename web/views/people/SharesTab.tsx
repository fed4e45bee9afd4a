import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Share } from '../../../wire/people.ts'
import { shareInWords } from '../../state/share-place.ts'
import { createShares, standingOf } from '../../state/shares.ts'
import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ConfirmButton } from './ConfirmButton.tsx'
import { ListState } from './ListState.tsx'

const times = (count: number): string =>
  count === 0 ? 'not opened yet' : count === 1 ? 'opened once' : `opened ${count} times`

const Row = ({ share, onTakeBack }: { share: Share; onTakeBack: () => void }) => {
  const { now } = useFloor()
  const time = now()
  const standing = standingOf(share, time)
  const what = shareInWords(share.show)
  const until = {
    open: `Until ${formatWhen(share.until, time)}${share.ends ? ', or until it arrives' : ''}`,
    ended: `Ended ${formatWhen(share.until, time)}`,
    revoked: 'Taken back, or arrived',
  }[standing]
  return (
    <li class={standing === 'open' ? '' : 'over'} data-share={share.id}>
      <div class="what">
        <b>{what}</b> {share.name !== '' && <span class="soft">{share.name}</span>}
        <p class="soft">
          {until} · {times(share.opened)} · shared by {share.by} {formatWhen(share.made, time)}
        </p>
      </div>
      {standing === 'open' && (
        <div class="sheet-actions">
          <ConfirmButton
            label="Take back"
            sure="Take back for good"
            title={`Take back the link to ${what}`}
            onConfirm={onTakeBack}
          />
        </div>
      )}
    </li>
  )
}

/** What was shared, how often it was opened, and the way to take it back. */
export const SharesTab = () => {
  const { people, now } = useFloor()
  const shares = useMemo(() => createShares(people.calls, now), [people, now])
  const trouble = useSignal<string | null>(null)
  const list = shares.list.value
  useEffect(() => void shares.load(), [shares])
  const takeBack = async ({ id }: Share): Promise<void> => {
    trouble.value = (await shares.takeBack(id))?.message ?? null
  }
  return (
    <>
      {trouble.value !== null && (
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
      )}
      <ListState
        list={list}
        onRetry={shares.load}
        empty={<p>Nothing is shared. Share buttons stand on a selected device, above the chart and on the map.</p>}
      />
      <ul class="list" aria-label="Shares">
        {list.rows.map((share) => (
          <Row key={share.id} share={share} onTakeBack={() => void takeBack(share)} />
        ))}
      </ul>
    </>
  )
}
