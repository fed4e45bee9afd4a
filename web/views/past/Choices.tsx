import type { Past } from '../../state/past/past.ts'

/** Whether what came late is left out. */
export const SeenSwitch = ({ past }: { past: Past }) => (
  <button
    type="button"
    class="button"
    aria-pressed={past.asSeen.value}
    title="Leaves what came late out of candles and tracks; not out of what comes while time goes on"
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
