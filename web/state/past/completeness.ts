import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { CompleteReply, PastReply } from '../../../wire/past.ts'

export type CompletenessOptions = {
  load: (what: 'symbols' | 'devices', id: string) => Promise<CompleteReply>
  span: ReadonlySignal<PastReply | null>
  /** What is shown; null: nothing. */
  symbol: ReadonlySignal<string | null>
  device: ReadonlySignal<string | null>
}

/** It is read again after so long, in milliseconds. */
const AGAIN = 60_000

/** Since when the archive has all of the chart and the device that are shown; null where nobody knows. */
export const createCompleteness = ({ load, span, symbol, device }: CompletenessOptions) => {
  const up = computed(() => span.value?.archive === 'up')
  const parts = {
    symbols: { id: symbol, shown: signal<CompleteReply | null>(null) },
    devices: { id: device, shown: signal<CompleteReply | null>(null) },
  }
  const follow = (what: 'symbols' | 'devices') => (): (() => void) | undefined => {
    const { id, shown } = parts[what]
    const one = id.value
    shown.value = null
    if (one === null || !up.value) return undefined
    let over = false
    const read = async (): Promise<void> => {
      // Where it cannot be read, what was known stays.
      const reply = await load(what, one).catch(() => shown.peek())
      if (!over) shown.value = reply
    }
    untracked(() => void read())
    const timer = setInterval(read, AGAIN)
    return () => {
      over = true
      clearInterval(timer)
    }
  }
  return {
    chart: parts.symbols.shown as ReadonlySignal<CompleteReply | null>,
    device: parts.devices.shown as ReadonlySignal<CompleteReply | null>,
    /** Reads as long as the floor lives. Returns a function that stops it. */
    start: (): (() => void) => {
      const ends = [effect(follow('symbols')), effect(follow('devices'))]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
