import { useFloor } from '../shared/floor-context.ts'
import { Segments } from '../shared/Segments.tsx'

type Props<T extends string> = {
  label: string
  options: readonly { value: T; label: string }[]
  value: T
  onChoose: (value: T) => void
}

/** One choice out of a few: all of them in sight, or a list on a phone, where there is no room for them. */
export const PickOne = <T extends string>({ label, options, value, onChoose }: Props<T>) => {
  const { narrow } = useFloor()
  if (!narrow.value) return <Segments label={label} value={value} options={options} onChoose={onChoose} />
  return (
    <select
      class="pick-one"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => {
        const chosen = options.find((option) => option.value === currentTarget.value)
        if (chosen) onChoose(chosen.value)
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}
