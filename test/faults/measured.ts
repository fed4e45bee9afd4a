/** Milliseconds of many clients in a few words, for whoever reads the tests' output: half, 99 of 100, and the worst. */
export const spread = (values: readonly number[]): string => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0)
  return `half ${at(0.5)} ms, 99 of 100 ${at(0.99)} ms, most ${at(1)} ms`
}

/** Prints what was measured; never what a test depends on. */
export const tell = (line: string): void => {
  process.stdout.write(`measured: ${line}\n`)
}
