type Option<T extends string> = { value: T; label: string; hint?: string; title?: string }
type Props<T extends string> = {
  label: string
  options: readonly Option<T>[]
  value: T
  onChoose: (value: T) => void
  class?: string
}

/** One choice out of a few, all of them seen. */
export const Segments = <T extends string>({ label, options, value, onChoose, class: extra = '' }: Props<T>) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons in every browser
  <div class={`segments ${extra}`} role="group" aria-label={label}>
    {options.map((option) => (
      <button
        key={option.value}
        type="button"
        title={option.title}
        aria-pressed={option.value === value}
        onClick={() => onChoose(option.value)}
      >
        {option.label}
        {option.hint && (
          <span class="key" aria-hidden="true">
            {option.hint}
          </span>
        )}
      </button>
    ))}
  </div>
)
