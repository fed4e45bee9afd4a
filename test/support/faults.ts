import { createFaults } from '../../server/faults.ts'

/** No fault is expected: whatever is thrown goes on to fail the test. */
export const noFaults = createFaults(({ error }) => {
  throw error
})
