import type { RegisterSnapshot } from '../../../wire/register.ts'
import { nothing, type PastKind } from '../past-kind.ts'
import type { Roll } from '../roll.ts'

/** The register: how many devices are known by now. It is not archived which of them there were. */
export const createPastRegister = (roll: Roll): PastKind => ({
  atOnce: 1,
  read: async (topics) => {
    await roll.look()
    return topics.map(() => () => ({ count: roll.size() }) satisfies RegisterSnapshot)
  },
  ahead: async (_from, to) => nothing(to),
  forget: () => {},
})
