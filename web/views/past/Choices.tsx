import type { Past } from '../../state/past/past.ts'

/** Whether what came late is left out. */
export const SeenSwitch = ({ past }: { past: Past }) => (
  <button
    type="button"
    class="button"
    aria-pressed={past.asSeen.value}
    title="History as it was seen then: the candles and tracks that are read leave out what came late. While time goes on, all of it is shown as it was made"
    onClick={() => {
      past.asSeen.value = !past.asSeen.peek()
    }}
  >
    As seen then
  </button>
)

/** `short`: where there is no room for all of its words. */
export const BackToLive = ({ past, short = false }: { past: Past; short?: boolean }) => (
  <button
    type="button"
    class="button to-live"
    aria-label="Back to live"
    title="Back to live (l)"
    aria-keyshortcuts="l"
    onClick={past.live}
  >
    {short ? 'Live' : 'Back to live'}
  </button>
)
