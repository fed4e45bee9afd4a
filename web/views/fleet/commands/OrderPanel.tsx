import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Order } from '../../../../wire/commands.ts'
import { onlyWhile } from '../../../state/commands/conditions.ts'
import { formatLeft } from '../../../state/commands/left.ts'
import { countOf, isOver, repeatable, type Standing, sentOf, standingNamed } from '../../../state/commands/progress.ts'
import type { ShownOrder } from '../../../state/commands/shown-order.ts'
import { argsInWords, devicesInWords } from '../../../state/commands/words.ts'
import { formatAgo } from '../../../state/format.ts'
import { formatWhen } from '../../../state/when.ts'
import { ListState } from '../../people/ListState.tsx'
import { useFloor } from '../../shared/floor-context.ts'
import { CloseIcon } from '../../shared/icons.tsx'
import { useCommanding } from './commanding-context.ts'
import { OrderActs } from './OrderActs.tsx'
import { OrderBar } from './OrderBar.tsx'
import { OrderDevices } from './OrderDevices.tsx'
import { Standings } from './Standings.tsx'
import { useOrderRows } from './use-order-rows.ts'

/** What was asked, by whom, and how long it may still take. */
const About = ({ order, shown }: { order: Order; shown: ShownOrder }) => {
  const { kinds, handle, told } = useCommanding()
  const { link, now } = useFloor()
  void link.silentFor.value
  const serverNow = link.clock.serverTime(now())
  const { args, by, t, until, devices } = order
  const about = argsInWords(kinds.find(order.kind), args)
  const left = formatLeft(until - serverNow)
  const leftOut = told.value?.order === order.id ? told.value.leftOut : 0
  return (
    <div class="order-about">
      {about !== '' && <p>{about}</p>}
      <p class="soft">
        {by.id === handle.value ? 'You' : by.name} asked {formatAgo(Math.max(0, serverNow - t))} ·{' '}
        {left === 'over' ? `deadline was ${formatWhen(until, serverNow)}` : `${left} left`}
      </p>
      {order.if !== undefined && <p class="soft">{onlyWhile(order.if)}</p>}
      {leftOut > 0 && (
        <p class="warn" role="status">
          {devicesInWords(leftOut)} left out: you may not ask this of {leftOut === 1 ? 'it' : 'them'}, or too much is
          open there.
        </p>
      )}
      <p>
        Sent to <b data-sent="">{sentOf(shown.counts).toLocaleString('en-US')}</b> of{' '}
        <b data-devices="">{devices.toLocaleString('en-US')}</b>
      </p>
    </div>
  )
}

const Progress = ({ order, shown }: { order: Order; shown: ShownOrder }) => {
  const chosen = useSignal<Standing | null>(null)
  const { list, more, load, readMore } = useOrderRows(shown, chosen.value)
  const { counts, failures } = shown
  const over = isOver(order, counts)
  const states = repeatable(chosen.value ?? 'failed', over)
  const failed = countOf(counts, standingNamed('failed').states)
  const label = chosen.value === null ? 'What went wrong' : standingNamed(chosen.value).title
  return (
    <>
      <OrderBar counts={counts} devices={order.devices} />
      <Standings
        counts={counts}
        chosen={chosen.value}
        onChoose={(next) => {
          chosen.value = next
        }}
      />
      <OrderActs order={order} states={states} again={countOf(counts, states)} waiting={counts.queued ?? 0} />
      <div class="order-rows">
        {chosen.value === null ? (
          <>
            <OrderDevices label={label} entries={failures} />
            {failures.length === 0 && (
              <p class="none">{over ? 'Nothing went wrong.' : 'Nothing has gone wrong so far.'}</p>
            )}
            {failed > failures.length && (
              <button
                type="button"
                class="link"
                onClick={() => {
                  chosen.value = 'failed'
                }}
              >
                Show all {failed.toLocaleString('en-US')} that failed
              </button>
            )}
          </>
        ) : (
          <>
            <ListState list={list} onRetry={load} empty={<p>None stands so any more.</p>} />
            <OrderDevices label={label} entries={list.rows} />
            {more && list.phase === 'ready' && (
              <button type="button" class="link" onClick={readMore}>
                Show more
              </button>
            )}
          </>
        )}
      </div>
    </>
  )
}

const Body = ({ shown }: { shown: ShownOrder }) => {
  const { phase, error, order } = shown
  if (phase === 'loading')
    return <span class="bone" role="status" aria-label="Loading" style={{ width: '80%', height: '14px' }} />
  if (phase === 'gone')
    return <p class="none">There is no such order, or no longer: it is kept for a day after its deadline.</p>
  if (phase === 'refused' || order === null)
    return (
      <p class="trouble" role="alert">
        {error}
      </p>
    )
  return (
    <>
      <About order={order} shown={shown} />
      <Progress order={order} shown={shown} />
    </>
  )
}

/** An order and what became of it, device by device: what went wrong comes first. */
export const OrderPanel = ({ shown }: { shown: ShownOrder }) => {
  const { kinds, openOrder } = useCommanding()
  useEffect(() => kinds.need(), [kinds])
  const { order } = shown
  const title = order === null ? 'Order' : `${kinds.titleOf(order.kind)}: ${devicesInWords(order.devices)}`
  return (
    <section class="order" aria-label={title} data-order={shown.id} data-phase={shown.phase}>
      <header>
        <h2>{title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the order"
          title="Close: you find it again under Orders"
          onClick={() => openOrder(undefined)}
        >
          <CloseIcon />
        </button>
      </header>
      <Body shown={shown} />
    </section>
  )
}
