import { type ReadonlySignal, signal } from '@preact/signals'

/** One line of what happened to the link. `grave`: data stopped. `times`: how often it happened in a row. */
export type Incident = { at: number; text: string; grave: boolean; times: number }

const MOST_INCIDENTS = 60

/** What happened to the link, newest first. */
export const createIncidents = (now: () => number) => {
  const incidents = signal<readonly Incident[]>([])
  return {
    incidents: incidents as ReadonlySignal<readonly Incident[]>,
    note: (text: string, grave = false): void => {
      const [newest, ...rest] = incidents.value
      const repeats = newest?.text === text
      const line: Incident = { at: now(), text, grave, times: repeats ? newest.times + 1 : 1 }
      incidents.value = [line, ...(repeats ? rest : incidents.value)].slice(0, MOST_INCIDENTS)
    },
  }
}
