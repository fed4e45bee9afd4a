import type { Choice } from '../../state/desk/complete.ts'

type Props = { id: string; choices: readonly Choice[]; chosen: number; onTake: (choice: Choice) => void }

export const optionId = (id: string, i: number): string => `${id}-${i}`

/** Names that complete what is being typed. */
export const Completions = ({ id, choices, chosen, onTake }: Props) => (
  <ul
    class="completions"
    id={id}
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its options are chosen from the field below
    role="listbox"
    aria-label="Suggestions"
    hidden={choices.length === 0}
  >
    {choices.map((choice, i) => (
      <li
        key={choice.key}
        id={optionId(id, i)}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: an option of the list
        role="option"
        aria-selected={i === chosen}
        tabIndex={-1}
        onMouseDown={(event) => {
          // The field keeps the cursor.
          event.preventDefault()
          onTake(choice)
        }}
      >
        <b>{choice.label}</b>
        <span class="about">{choice.about}</span>
      </li>
    ))}
  </ul>
)
