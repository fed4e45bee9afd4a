import type { PersonEntry } from '../../../wire/people.ts'
import { byName, search } from '../watchlist.ts'
import { chipText } from './chip.ts'
import { type Choice, MOST_CHOICES, type Typed } from './complete.ts'

type Listed = { symbol: string; name: string }
type Vehicle = { id: string; about: string }
export type ChoiceSources = {
  people: () => readonly PersonEntry[]
  symbols: () => readonly Listed[]
  /** Devices whose id or route fits, the best first. */
  devices: (text: string) => readonly Vehicle[]
}

const people = (known: readonly PersonEntry[], typed: string): Choice[] => {
  const text = typed.toLowerCase()
  const fits = ({ id, name }: PersonEntry) => id.startsWith(text) || name.toLowerCase().includes(text)
  return known
    .filter(fits)
    .toSorted((a, b) => Number(b.id.startsWith(text)) - Number(a.id.startsWith(text)) || byName(a.name, b.name))
    .map(({ id, name }) => ({ key: id, label: `@${id}`, about: name, text: `@${id}` }))
}
const symbols = (listed: readonly Listed[], typed: string): Choice[] =>
  search(listed, typed).map(({ symbol, name }) => {
    const text = chipText('symbol', symbol)
    return { key: symbol, label: text, about: name, text }
  })
const devices = (found: readonly Vehicle[]): Choice[] =>
  found.map(({ id, about }) => {
    const text = chipText('device', id)
    return { key: id, label: text, about, text }
  })

/** What may be meant by what is typed, the likeliest first. */
export const choicesFor = (typed: Typed, sources: ChoiceSources): Choice[] => {
  const { sign, name } = typed
  const found =
    sign === '@'
      ? people(sources.people(), name)
      : sign === '$'
        ? symbols(sources.symbols(), name)
        : devices(sources.devices(name))
  return found.slice(0, MOST_CHOICES)
}
