import { pino } from 'pino'
import { emptySnapshot } from '../../../server/kinds/kinds.ts'
import { createDemand } from '../../../server/live/demand.ts'
import { newId } from '../../../server/people/ids.ts'
import type { Person } from '../../../server/people/person.ts'
import { followRevocations, type Revocations } from '../../../server/people/revocations.ts'
import { createPeopleStore, type PeopleStore } from '../../../server/people/store.ts'
import { readCursors } from '../../../server/redis/cursors.ts'
import { openLink } from '../../../server/redis/link.ts'
import { createReader } from '../../../server/redis/read.ts'
import { isUpdate } from '../../../server/texts.ts'
import { ACCESS } from '../../../wire/topics.ts'
import { noFaults } from '../../support/faults.ts'

/** As much of a node as hears what is taken back. */
export type Follower = {
  store: PeopleStore
  revocations: Revocations
  /** Who is signed in on it. */
  here: Set<Person>
  stop: () => Promise<void>
}

const CHECK_EVERY_MS = 100

export const startFollower = async (redisUrl: string): Promise<Follower> => {
  const log = pino({ level: 'silent' })
  const link = await openLink(redisUrl, log, noFaults, {
    down: () => {},
    up: () => demand.recoverAll(),
    renewed: (topics) => demand.recover(topics),
  })
  const demand = createDemand(
    {
      channels: link.channels,
      read: createReader(link.command),
      empty: emptySnapshot,
      isUpdate,
      count: () => {},
      faults: noFaults,
    },
    1000,
  )
  const store = createPeopleStore(link.command, { now: Date.now, id: newId, unreadable: () => {} })
  const here = new Set<Person>()
  const revocations = await followRevocations({
    demand,
    cursor: async () => (await readCursors(link.command)([ACCESS]))[0] ?? null,
    isDown: () => link.reach() === 'down',
    tellAgain: store.tellAgain,
    end: (isOut) => {
      const out = [...here].filter(isOut)
      for (const person of out) here.delete(person)
      return out.length
    },
    toldAgain: () => {},
    now: Date.now,
    clock: () => performance.now(),
    log,
  })
  const timer = setInterval(() => void revocations.check(), CHECK_EVERY_MS)
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    demand.close()
    await link.close()
  }
  return { store, revocations, here, stop }
}
