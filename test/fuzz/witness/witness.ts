import { createCrowd } from '../../support/crowd/crowd.ts'
import { type Look, openProbe } from './probe.ts'

/** Clients that know nothing of the fuzzer: readers, which check all that they get, and one that measures. */
export const createWitness = () => {
  let probe: ReturnType<typeof openProbe> | null = null
  return {
    ...createCrowd(),
    probe: ({ url, topics }: { url: string; topics: string[] }): void => {
      probe = openProbe(url, topics)
    },
    look: (_: null): Look => {
      if (probe === null) throw new Error('nothing is measured yet')
      return probe.look(null)
    },
  }
}
export type WitnessCalls = ReturnType<typeof createWitness>
