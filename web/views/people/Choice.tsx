import type { ComponentChildren } from 'preact'

type Props = { group: string; chosen: boolean; onChoose: () => void; children: ComponentChildren }

/** One of several, of which one is chosen. */
export const Choice = ({ group, chosen, onChoose, children }: Props) => (
  <label>
    <input type="radio" name={group} checked={chosen} onChange={onChoose} />
    <span>{children}</span>
  </label>
)
