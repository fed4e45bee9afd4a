import type { Publisher } from '../../feed/publisher.ts'
import type { FleetOptions as Options } from '../options.ts'
import type { Run } from '../run.ts'
import { createFleet } from './fleet.ts'
import type { Circuit } from './network.ts'

/** Milliseconds between two looks at which devices are due. */
const STEP = 50

/** How many buses one supervisor looks after. */
const BUSES_A_CAR = 12
export const carsOf = (buses: number): number => Math.floor(buses / BUSES_A_CAR)

/** Describes the devices, and runs them until the signal. */
export const runFleet = async (options: Options, circuits: readonly Circuit[], publisher: Publisher, run: Run) => {
  const { devices, interval } = options
  const cars = carsOf(devices)
  const { seed, firstNumber } = run
  const fleet = createFleet({ circuits, devices, cars, interval, seed, firstNumber, start: run.now() })
  publisher.describeDevices(fleet.described)
  while (!run.signal.aborted) {
    for (const { id, fixes } of fleet.step(run.now())) publisher.fixes(id, fixes)
    await run.sleep(STEP)
  }
}
