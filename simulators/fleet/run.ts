import type { Publisher } from '../../feed/publisher.ts'
import type { FleetOptions as Options } from '../options.ts'
import type { Run } from '../run.ts'
import { createFleet } from './fleet.ts'
import type { Circuit } from './network.ts'

/** Milliseconds between two looks at which devices are due. */
const STEP = 50

/** Runs the devices until the signal. */
export const runFleet = async (options: Options, circuits: readonly Circuit[], publisher: Publisher, run: Run) => {
  const { devices, interval } = options
  const start = run.now()
  const fleet = createFleet({ circuits, devices, interval, seed: run.seed, firstNumber: run.firstNumber, start })
  while (!run.signal.aborted) {
    for (const { id, fixes } of fleet.step(run.now())) publisher.fixes(id, fixes)
    await run.sleep(STEP)
  }
}
