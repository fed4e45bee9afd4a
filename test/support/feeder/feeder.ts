import { type Load, type LoadOptions, startLoad } from '../load.ts'

/** A feed in a process of its own (see test/bench/calls.ts), which can be killed. */
export const createFeeder = () => {
  let load: Load | null = null
  return {
    start: async ({ url, ...options }: LoadOptions & { url: string }): Promise<void> => {
      load = await startLoad(url, options)
    },
    /** Ends it; answers what became of all that it published. */
    stop: async (_: null): Promise<{ accepted: number; repeats: number }> => {
      await load?.stop()
      const { accepted = 0, repeats = 0 } = load?.publisher.account ?? {}
      return { accepted, repeats }
    },
  }
}
export type FeederCalls = ReturnType<typeof createFeeder>
