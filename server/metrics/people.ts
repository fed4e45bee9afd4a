import type { Registry } from 'prom-client'
import { slot } from './slots.ts'

/** Counts what becomes of people's rights. */
export const countPeople = (registry: Registry) => {
  const again = slot(registry, {
    name: 'watchfloor_revocations_told_again_total',
    help: 'Revocations that Redis had lost and this node told it again',
  })
  const arrived = slot(registry, {
    name: 'watchfloor_arrived_shares_total',
    help: 'Shares that this node ended because their device had arrived',
  })
  return {
    toldAgain: (count: number): void => {
      again.n += count
    },
    arrived: (count: number): void => {
      arrived.n += count
    },
  }
}
