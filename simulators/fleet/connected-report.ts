import type { Connected } from './connected.ts'
import type { Figures } from './power.ts'

const shown = (value: number): string => value.toLocaleString('en')

const totalOf = (all: readonly Connected[]): Figures => {
  const total: Figures = { accepted: 0, repeats: 0, refused: 0, dropped: 0, lost: 0, kept: 0 }
  for (const { figures } of all)
    for (const [name, count] of Object.entries(figures())) total[name as keyof Figures] += count
  return total
}

/** Fixes that devices still have to send. */
export const keptOf = (all: readonly Connected[]): number => totalOf(all).kept

/** Commands by what became of them, as the devices' journals have it. */
const commandsOf = (all: readonly Connected[]): string => {
  const counts = new Map<string, number>()
  for (const { journal } of all)
    for (const { state } of journal.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${shown(count)} ${state}`).join(', ') || 'none'
}

/** What happened so far, in one line. */
export const connectedLine = (all: readonly Connected[]): string => {
  const { accepted, repeats, refused, dropped, lost, kept } = totalOf(all)
  const connected = all.filter(({ isConnected }) => isConnected()).length
  const fixes = [`${shown(accepted)} fixes taken`, `${shown(kept)} kept`]
  const why = all.map((device) => device.why()).find(Boolean)
  const more = { repeats, [why ? `refused (${why})` : 'refused']: refused, dropped, 'lost in restarts': lost }
  for (const [name, count] of Object.entries(more)) if (count > 0) fixes.push(`${shown(count)} ${name}`)
  return `${shown(connected)} of ${shown(all.length)} devices connected · ${fixes.join(', ')} · commands: ${commandsOf(all)}`
}
