import { it } from 'vitest'
import { talkers } from '../support/environment.ts'
import { onCluster, onSentinel, onStage } from './stage.ts'
import { SIZE, talkThrough } from './talk.ts'

/*
 * People write while nodes are killed and stopped: every message is there exactly once, in one order, the same for
 * everybody, and in the end everybody knows who is here. With WATCHFLOOR_TALKERS=200 there are ten times as many, for a
 * minute, on each kind of Redis. (What each call does is tested on each kind in test/integration/rooms.)
 */
const rarely = it.skipIf(talkers() === null)

it('nothing that people write is lost or there twice while nodes go (single)', () =>
  onStage((stage) => talkThrough(stage, SIZE)))

rarely('nothing that people write is lost or there twice while nodes go (Sentinel)', () =>
  onSentinel((stage) => talkThrough(stage, SIZE)),
)

rarely('nothing that people write is lost or there twice while nodes go (Cluster)', () =>
  onCluster((stage) => talkThrough(stage, SIZE)),
)
