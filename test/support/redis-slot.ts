import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { ownerOf, type Part } from './redis-cluster-view.ts'
import type { Member } from './redis-member.ts'

type Move = {
  slot: number
  to: Member
  parts: readonly Part[]
  password: string
  /** How long all keys are moved but nobody has the word yet, as while many more keys are on their way. */
  halfwayMs: number
}

const KEYS_AT_ONCE = 20
const MIGRATE_MS = 5000

/** Hands the keys of a slot over, a few at a time; who asks the source for a moved one is sent on (`ASK`). */
const moveKeys = async (source: Redis, { slot, to, password }: Move): Promise<void> => {
  for (;;) {
    const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[]
    if (keys.length === 0) return
    await source.call('MIGRATE', '127.0.0.1', to.port, '', 0, MIGRATE_MS, 'AUTH', password, 'KEYS', ...keys)
  }
}

/**
 * Moves a slot under load by the steps of the Cluster specification: importing, migrating, the keys, then the word that
 * it is moved, to the target first and to every other primary. Throws where the slot or the target cannot be found.
 */
export const moveSlot = async (move: Move): Promise<void> => {
  const { slot, to, parts, password, halfwayMs } = move
  const [from, target] = [ownerOf(slot, parts), parts.find(({ member }) => member === to)]
  if (!from || !target?.isPrimary) throw new Error(`slot ${slot} cannot go from ${from?.member.name} to ${to.name}`)
  if (from === target) return
  const primaries = [target, from, ...parts.filter((part) => part.isPrimary && part !== target && part !== from)]
  const links = primaries.map(({ member }) => new Redis(member.port, '127.0.0.1', { password }))
  try {
    const [importing, migrating] = links as [Redis, Redis]
    await importing.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id)
    await migrating.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id)
    await moveKeys(migrating, move)
    await sleep(halfwayMs)
    for (const link of links) await link.call('CLUSTER', 'SETSLOT', slot, 'NODE', target.id)
  } finally {
    for (const link of links) link.disconnect()
  }
}
