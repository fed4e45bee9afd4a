import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Topic } from '../../../wire/topics.ts'
import { choicesFor } from '../../state/desk/choices.ts'
import { type Choice, completed, MOST_CHOICES, typedAt } from '../../state/desk/complete.ts'
import { findDevices } from '../../state/nearby.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'

/** Each once, as it comes first. */
const uniqueBy = <T>(all: readonly T[], key: (one: T) => string): T[] =>
  [...new Map(all.toReversed().map((one) => [key(one), one])).values()].toReversed()

/** What may be meant, from all that this page knows, and the devices that a node finds. */
const useSources = () => {
  const { market, fleet, place } = useFloor()
  const { presence, people, finder } = useDesk()
  return {
    people: () => uniqueBy([...people.people.value, ...presence.here.value], ({ id }) => id),
    symbols: () => market.listed.value,
    devices: (text: string) => {
      const { device } = place.value
      const near = findDevices(fleet.devices.values(), text, MOST_CHOICES).map(({ id, fix }) => ({
        id,
        about: fix.route === undefined ? '' : `route ${fix.route}`,
      }))
      const own = text === '' && device !== null ? [{ id: device, about: 'selected' }] : []
      const found = finder.found.value.text === text ? finder.found.value.devices : []
      return uniqueBy([...own, ...near, ...found], ({ id }) => id)
    },
  }
}

/** Names that complete what is being typed in a room, and what keys do with them. */
export const useCompletion = (room: Topic) => {
  const { drafts, finder } = useDesk()
  const sources = useSources()
  /** The place of a completion that was sent away with Escape. */
  const dismissed = useSignal<number | null>(null)
  const index = useSignal(0)
  const draft = drafts.of(room)
  const typed = typedAt(draft.text, draft.at)
  const name = typed?.name ?? ''
  useEffect(() => {
    index.value = name === '' ? -1 : 0
    if (typed === null) dismissed.value = null
    if (typed?.sign === '#') finder.ask(name)
  }, [typed?.sign, name, typed?.from])
  const offered = typed === null || typed.from === dismissed.value ? [] : choicesFor(typed, sources)
  const done = typed !== null && offered[0]?.text === draft.text.slice(typed.from, typed.to)
  const choices: Choice[] = done ? [] : offered
  const chosen = Math.min(index.value, choices.length - 1)

  const take = (choice: Choice): void => {
    if (typed === null) return
    const next = completed(draft.text, typed, choice)
    drafts.write(room, next.text, next.at)
  }
  /** Returns whether the key was meant for the list. */
  const press = ({ key }: KeyboardEvent): boolean => {
    const choice = choices[chosen]
    if (choices.length === 0) return false
    if (key === 'ArrowDown') index.value = (chosen + 1) % choices.length
    else if (key === 'ArrowUp') index.value = (Math.max(chosen, 0) + choices.length - 1) % choices.length
    else if (key === 'Escape') dismissed.value = typed?.from ?? null
    else if ((key === 'Enter' || key === 'Tab') && choice) take(choice)
    else return false
    return true
  }
  return { choices, chosen, take, press }
}
