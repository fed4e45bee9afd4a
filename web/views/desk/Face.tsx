/** A turn of the colour wheel for each handle, always the same one. */
const hueOf = (id: string): number =>
  [...id].reduce((hue, letter) => (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('')

/** A person at a glance: their initials on a colour of their own. */
export const Face = ({ id, name }: { id: string; name: string }) => (
  <span class="face" aria-hidden="true" style={{ background: `hsl(${hueOf(id)} 45% 32%)` }}>
    {initials(name) || '?'}
  </span>
)
