import { useSignal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useId, useRef } from 'preact/hooks'

export type Tab = { name: string; Page: FunctionComponent }

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 }

/** Pages of which one is seen; arrow keys go from tab to tab. */
export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => {
  const chosen = useSignal(0)
  const row = useRef<HTMLDivElement>(null)
  const id = useId()
  const tab = tabs[chosen.value] ?? tabs[0]
  if (tab === undefined) return null
  const choose = (next: number): void => {
    chosen.value = (next + tabs.length) % tabs.length
    row.current?.querySelectorAll('button')[chosen.value]?.focus()
  }
  const { Page } = tab
  return (
    <>
      <div
        class="tabs"
        role="tablist"
        aria-label={label}
        ref={row}
        onKeyDown={({ key }) => {
          const step = STEPS[key]
          if (step !== undefined) choose(chosen.value + step)
        }}
      >
        {tabs.map(({ name }, i) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${i}`}
            aria-selected={tab.name === name}
            aria-controls={`${id}-page`}
            tabIndex={tab.name === name ? 0 : -1}
            onClick={() => choose(i)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="tab-page" role="tabpanel" id={`${id}-page`} aria-labelledby={`${id}-${tabs.indexOf(tab)}`}>
        <Page key={tab.name} />
      </div>
    </>
  )
}
