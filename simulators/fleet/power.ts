import type { connectDevice, Noted, Device as Terminal } from '../../docs/device.ts'

/** What became of fixes, as docs/device.ts counts them. `lost`: those that were kept when it was switched off. */
export type Figures = Record<'accepted' | 'repeats' | 'refused' | 'dropped' | 'lost' | 'kept', number>
/** How it is switched on: all of a terminal but what it keeps itself. */
export type Setup = Omit<Terminal, 'journal' | 'save'>

/** A terminal that can be switched off, upon which it forgets all but its journal. */
export type Power = {
  on: (setup: Setup) => void
  off: () => void
  client: () => ReturnType<typeof connectDevice> | null
  figures: () => Figures
  /** Why a fix was refused, the last one; '' where none was since it was switched on. */
  why: () => string
  /** Commands that became this, as the journal has it. */
  journal: ReadonlyMap<string, Noted>
}

export const createPower = (floor: string, connect: typeof connectDevice): Power => {
  const journal = new Map<string, Noted>()
  const before = { accepted: 0, repeats: 0, refused: 0, dropped: 0, lost: 0 }
  let client: ReturnType<typeof connectDevice> | null = null
  const off = (): void => {
    if (client === null) return
    const { account, kept } = client
    for (const name of ['accepted', 'repeats', 'refused', 'dropped'] as const) before[name] += account[name]
    before.lost += kept()
    client.close()
    client = null
  }
  return {
    journal,
    client: () => client,
    why: () => client?.account.why ?? '',
    off,
    on: (setup) => {
      off()
      client = connect(floor, { ...setup, journal })
    },
    figures: () => {
      const { accepted = 0, repeats = 0, refused = 0, dropped = 0 } = client?.account ?? {}
      return {
        accepted: before.accepted + accepted,
        repeats: before.repeats + repeats,
        refused: before.refused + refused,
        dropped: before.dropped + dropped,
        lost: before.lost,
        kept: client?.kept() ?? 0,
      }
    },
  }
}
