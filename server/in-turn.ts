import type { Faults } from './faults.ts'

/** Takes all steps to the end, each whatever became of the one before. */
export const inTurn = async (faults: Faults, steps: readonly (() => unknown)[]): Promise<void> => {
  for (const step of steps) {
    try {
      faults.inject?.('stop', '')
      await step()
    } catch (error) {
      faults.caught('stop', error)
    }
  }
}
