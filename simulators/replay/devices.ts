import { asName } from './names.ts'

/** A name that none of `taken` has. */
const uniqueName = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) {
    const numbered = asName(name, `-${number}`)
    if (!taken.has(numbered)) return numbered
  }
}

/**
 * The device of each track, or of each source: of one alone, or where a person said so, the file's; of several their
 * own name, or the file's with their place. No two are alike.
 */
export const deviceNames = (
  lines: readonly { name?: string }[],
  { device, isOneDevice }: { device: string; isOneDevice: boolean },
): string[] => {
  if (lines.length <= 1 || isOneDevice) return lines.map(() => device)
  const taken = new Set<string>()
  return lines.map(({ name }, place) => {
    const unique = uniqueName(asName(name ?? '') || asName(device, `-${place + 1}`), taken)
    taken.add(unique)
    return unique
  })
}
