import type { Share, Shown } from '../../wire/people.ts'
import { deviceTopic, symbolTopic } from '../../wire/topics.ts'
import type { Hashes } from './hashes.ts'
import type { Person } from './person.ts'
import { type Arrival, arrivalsIn, sharesIn } from './rows.ts'

/** `maker`: whose rights it stands on. `device`: the one that ends it where it arrives, if `ends` says where. */
export type NewShare = Pick<Share, 'show' | 'name' | 'until' | 'ends'> & { maker: Person; device: string | null }

export type ShareStore = {
  /** `revoked`: its maker's rights were taken back. `full`: they, or all, have as many as there may be. */
  makeShare: (wanted: NewShare) => Promise<Share | 'revoked' | 'full'>
  shares: () => Promise<Share[]>
  share: (id: string) => Promise<Share | null>
  opened: (id: string) => Promise<void>
  /** Shares that end where their device arrives. */
  arrivals: () => Promise<Arrival[]>
  /** Looks no more for these arrivals. */
  forgetArrivals: (ids: readonly string[]) => Promise<void>
}

/** How the record names what is shared. */
const wordOf = (show: Shown): string => {
  if (show.kind === 'symbol') return symbolTopic(show.symbol)
  return show.kind === 'device' ? deviceTopic(show.device) : show.kind
}

export const createShares = (hashes: Hashes): { store: ShareStore; changed: () => void } => {
  const { run, now } = hashes
  const list = hashes.list('shares', sharesIn)
  const store: ShareStore = {
    shares: list.read,
    share: (id) => hashes.one('shares', sharesIn, id),
    makeShare: async ({ show, name, until, ends, maker, device }) => {
      const [id, made, by] = [hashes.id(), now(), maker.id ?? '']
      const stands = [by, maker.credential ?? '', maker.since]
      const noted = [by || 'anybody', `${wordOf(show)} ${id}`]
      const row = JSON.stringify({ id, show, name, made, ends })
      const arrival = ends && device ? JSON.stringify({ id, device, made, until, ends }) : ''
      const reply = await run('wf1_share', id, until, ...stands, ...noted, row, arrival)
      list.changed()
      if (reply === 'revoked' || reply === 'full') return reply
      return { id, by, show, name, made, until, ends, opened: 0, revoked: false }
    },
    opened: async (id) => {
      await run('wf1_opened', id)
      list.changed()
    },
    arrivals: () => hashes.all('arrivals', arrivalsIn),
    forgetArrivals: (ids) => hashes.forget('arrivals', ids),
  }
  return { store, changed: list.changed }
}
