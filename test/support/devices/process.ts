import { startProgram } from '../../../start/child.ts'
import { type Ask, asker } from '../../bench/calls.ts'
import { inherited, ROOT } from '../environment.ts'
import type { DeviceCrowdCalls } from './crowd.ts'

/** Devices in a process of their own. */
export const startDevices = (): { ask: Ask<DeviceCrowdCalls>; kill: () => Promise<unknown> } => {
  const args = ['test/support/devices/main.ts']
  const child = startProgram('devices', args, { cwd: ROOT, env: inherited(), output: 'errors' })
  return { ask: asker<DeviceCrowdCalls>(child.process), kill: child.kill }
}
