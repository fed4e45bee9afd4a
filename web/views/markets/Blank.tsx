import { useFloor } from '../shared/floor-context.ts'

/** Rows to come. */
export const Skeleton = () => (
  <tbody aria-hidden="true">
    {Array.from({ length: 14 }, (_, i) => (
      <tr key={i}>
        <td colSpan={9}>
          <span class="bone" style={{ width: `${88 - ((i * 37) % 40)}%`, height: '12px' }} />
        </td>
      </tr>
    ))}
  </tbody>
)

/** Why there are no rows, and what to do about it. */
export const Empty = () => {
  const { listing, market, people, past } = useFloor()
  const phase = listing.phase.value
  if (phase.phase === 'error')
    return (
      <div class="empty" data-empty="error">
        <strong>Can’t load the symbols</strong>
        <p>{phase.error} Retrying automatically.</p>
      </div>
    )
  if (!people.mayAny('watch', 's:') && people.me.value !== null)
    return (
      <div class="empty" data-empty="refused">
        <strong>You may not see any symbols</strong>
        <p>Whoever manages people here can change that.</p>
      </div>
    )
  if (past !== null && phase.phase === 'ready' && market.listed.value.length === 0)
    return (
      <div class="empty" data-empty="past">
        <strong>No symbol had traded by then</strong>
        <p>The two rows of the bar above show where there is data.</p>
      </div>
    )
  if (phase.phase === 'ready' && market.listed.value.length === 0)
    return (
      <div class="empty" data-empty="feed">
        <strong>No data yet</strong>
        <p>
          Symbols appear here as soon as a feed publishes. To start the simulated ones: <code>npm run simulate</code>
        </p>
      </div>
    )
  if (listing.query.value !== '')
    return (
      <div class="empty" data-empty="search">
        <strong>Nothing matches “{listing.query.value}”</strong>
        <p>Try a symbol, or part of a name.</p>
      </div>
    )
  return (
    <div class="empty" data-empty="list">
      <strong>Your watchlist is empty</strong>
      <p>Press / to find symbols to add.</p>
    </div>
  )
}
