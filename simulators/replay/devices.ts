import { asName } from './names.ts'

/** Names that are all different: one that is taken has a number behind it. */
const createNames = () => {
  const taken = new Set<string>()
  /** The last number that was put behind a name. */
  const numbers = new Map<string, number>()
  return (name: string): string => {
    let unique = name
    for (let number = (numbers.get(name) ?? 1) + 1; taken.has(unique); number++) {
      unique = asName(name, `-${number}`)
      numbers.set(name, number)
    }
    taken.add(unique)
    return unique
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
  const unique = createNames()
  return lines.map(({ name }, place) => unique(asName(name ?? '') || asName(device, `-${place + 1}`)))
}
