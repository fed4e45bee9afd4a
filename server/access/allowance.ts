/**
 * What may be spent: `share` of all time, and at once what was saved up, `burst` at the most. No debt is larger than
 * that either: many behind one address who come back together wait for a moment, not for an hour. Costs are in
 * milliseconds of work.
 */
export type Terms = { share: number; burst: number }

export type Allowance = {
  /** Something was done. It may go into debt: what it cost is known only afterwards. */
  spend: (cost: number) => void
  /** Milliseconds until the debt is paid; 0 without one. */
  wait: () => number
}

type Account = { saved: number; at: number }

const open = ({ burst }: Terms, at: number): Account => ({ saved: burst, at })

/** What is saved by now; below 0 it is a debt. */
const balance = (account: Account, { share, burst }: Terms, at: number): number => {
  account.saved = Math.min(account.saved + (at - account.at) * share, burst)
  account.at = at
  return account.saved
}

const pay = (account: Account, terms: Terms, at: number, cost: number): void => {
  account.saved = Math.max(balance(account, terms, at) - cost, -terms.burst)
}

const waitFor = (saved: number, { share }: Terms): number => (saved < 0 ? -saved / share : 0)

/** The allowance of one. `now`: a clock in milliseconds that never goes back. */
export const createAllowance = (terms: Terms, now: () => number): Allowance => {
  const account = open(terms, now())
  return {
    spend: (cost) => pay(account, terms, now(), cost),
    wait: () => waitFor(balance(account, terms, now()), terms),
  }
}

export type Allowances = {
  spend: (key: string, cost: number) => void
  wait: (key: string) => number
  /** How many are remembered. */
  size: () => number
}

/**
 * How many of the longest unused are looked at whenever one is added: two, so that the full ones go faster than others
 * come.
 */
const LOOKED_AT = 2

/**
 * An allowance for each key. One that is full again is as good as new and is forgotten; beyond `most` the longest
 * unused is, whatever it owes, so that memory stays bounded whoever comes.
 */
export const createAllowances = ({ most, ...terms }: Terms & { most: number }, now: () => number): Allowances => {
  /** In the order of their last use. */
  const accounts = new Map<string, Account>()

  const forgetSome = (at: number): void => {
    let looked = 0
    for (const [key, account] of accounts) {
      if (++looked > LOOKED_AT) return
      if (accounts.size > most || balance(account, terms, at) >= terms.burst) accounts.delete(key)
    }
  }

  return {
    spend: (key, cost) => {
      const at = now()
      const known = accounts.get(key)
      const account = known ?? open(terms, at)
      accounts.delete(key)
      accounts.set(key, account)
      pay(account, terms, at, cost)
      if (!known) forgetSome(at)
    },
    wait: (key) => {
      const account = accounts.get(key)
      return account ? waitFor(balance(account, terms, now()), terms) : 0
    },
    size: () => accounts.size,
  }
}
