import { it } from 'vitest'
import { topicKey } from '../../wire/topics.ts'
import { commanded } from '../support/environment.ts'
import { commandThrough, SIZE } from './command.ts'
import { onCluster, onSentinel, onStage } from './stage.ts'

/*
 * Devices are asked for things while nodes are killed, Redis fails over, devices restart and lose one in ten of what is
 * said: each command comes to one end, the device did it at most once and in time, and the floor says what the devices'
 * own journals say. With WATCHFLOOR_COMMANDED=5000 there are 5,000 devices, 20,000 commands, two nodes are killed, and
 * all of it is done on each kind of Redis. (What each call does is tested on each kind in test/integration/devices.)
 */
const rarely = it.skipIf(commanded() === null)

it('every command comes to one end, and that is what the device did (single)', () =>
  onStage((stage) =>
    commandThrough(stage, SIZE, async () => {
      await stage.redis.halt()
      await stage.redis.start()
    }),
  ))

rarely('every command comes to one end, and that is what the device did (Sentinel)', () =>
  onSentinel((stage) =>
    commandThrough(stage, SIZE, async () => {
      await (await stage.redis.primary()).kill()
    }),
  ),
)

rarely('every command comes to one end, and that is what the device did (Cluster)', () =>
  onCluster((stage) =>
    commandThrough(stage, SIZE, async () => {
      await (await stage.redis.primaryOf(topicKey('d:DEVICE-1'))).kill()
    }),
  ),
)
