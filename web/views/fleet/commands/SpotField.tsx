import { useEffect } from 'preact/hooks'
import type { CommandArg } from '../../../../wire/commands.ts'
import { readSpots, writeSpots } from '../../../state/commands/spots.ts'
import { useCommanding } from './commanding-context.ts'

type Props = {
  arg: CommandArg
  id: string
  value: string
  invalid: boolean
  onChange: (value: string) => void
}

/** One place or a route: by clicks on the map, or as latitude and longitude. */
export const SpotField = ({ arg, id, value, invalid, onChange }: Props) => {
  const { spotting } = useCommanding()
  const route = arg.type === 'route'
  useEffect(() => {
    spotting.show(readSpots(value) ?? [])
    return () => spotting.show([])
  }, [spotting, value])
  const choose = (): void => {
    const spots = route ? (readSpots(value) ?? []) : []
    spotting.begin({ title: arg.title, route, spots }, (chosen) => onChange(writeSpots(chosen)))
  }
  return (
    <div class="spot-field">
      <input
        id={id}
        type="text"
        autocomplete="off"
        spellcheck={false}
        inputMode="text"
        placeholder={route ? '30.26720, -97.74310  30.27, -97.75' : '30.26720, -97.74310'}
        aria-invalid={invalid}
        aria-describedby={`${id}-about`}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <button type="button" class="button" onClick={choose}>
        {route ? 'Draw on the map' : 'Choose on the map'}
      </button>
    </div>
  )
}
