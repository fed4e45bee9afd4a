import { it } from 'vitest'
import { onCluster, onSentinel, onStage } from './stage.ts'
import { SIZE, talkThrough } from './talk.ts'

/*
 * People write while nodes are killed and stopped: every message is there exactly once, in one order, the same for
 * everybody, and in the end everybody knows who is here. With WATCHFLOOR_TALKERS=200 there are ten times as many, for a
 * minute.
 */

it('nothing that people write is lost or there twice while nodes go (single)', () =>
  onStage((stage) => talkThrough(stage, SIZE)))

it('nothing that people write is lost or there twice while nodes go (Sentinel)', () =>
  onSentinel((stage) => talkThrough(stage, SIZE)))

it('nothing that people write is lost or there twice while nodes go (Cluster)', () =>
  onCluster((stage) => talkThrough(stage, SIZE)))
