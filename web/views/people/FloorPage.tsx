import type { ReadonlySignal } from '@preact/signals'
import type { Floor } from '../../floor.ts'
import type { People } from '../../state/people.ts'
import type { ThemeState } from '../shared/theme.ts'
import { App } from '../shell/App.tsx'
import { SignIn } from './SignIn.tsx'
import { Waiting } from './Waiting.tsx'

type Props = {
  people: People
  floor: ReadonlySignal<Floor | null>
  theme: ThemeState
  /** Tries the link once more by which the page was opened. */
  retry: (() => void) | null
}

/** The floor for whoever is in, the ways in for whoever is out. */
export const FloorPage = ({ people, floor, theme, retry }: Props) => {
  const door = people.door.value
  if (door.at === 'out') return <SignIn people={people} why={door.why} retry={retry} />
  if (door.at === 'asking' || floor.value === null) return <Waiting />
  // Nothing that a view remembers of now is to be taken for the past, or the other way round.
  return <App key={floor.value.past === null ? 'live' : 'past'} floor={floor.value} theme={theme} />
}
