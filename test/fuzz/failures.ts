import { mkdirSync, writeFileSync } from 'node:fs'
import { ROOT } from '../support/environment.ts'

/** A case that should not have gone as it went; `number` is its place, or its name in the corpus. */
export type Failure = {
  surface: string
  seed: number
  number: number | string
  faults: string[]
  again: string
  file: string
}

const FOLDER = `${ROOT}/dist/fuzz`
/** Failures that say the same are told so often; one fault fails thousands of cases. */
const MOST_ALIKE = 2

const kindOf = (surface: string, [fault = '']: readonly string[]): string =>
  `${surface} ${fault.replaceAll(/\d+|"[^"]*"/g, '#').slice(0, 60)}`

/** Keeps failures: each kind a few times, its bytes in a file, and how to run it again. */
export const createFailures = (say: (line: string) => void) => {
  const all: Failure[] = []
  const kinds = new Map<string, number>()
  const add = (
    surface: string,
    seed: number,
    number: number | string,
    value: unknown,
    faults: string[],
    sent: string | null,
  ): void => {
    const kind = kindOf(surface, faults)
    const times = (kinds.get(kind) ?? 0) + 1
    kinds.set(kind, times)
    if (times > MOST_ALIKE) return
    const file = `dist/fuzz/${surface}-${seed}-${number}.json`.replaceAll(' ', '-')
    const hex = sent === null ? null : Buffer.from(sent, 'latin1').toString('hex')
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(`${ROOT}/${file}`, JSON.stringify({ surface, seed, number, faults, case: value, sent: hex }))
    const again = `npm run fuzz -- --seed ${seed} --only ${surface} --case ${number}`
    all.push({ surface, seed, number, faults, again, file })
    say(`FAILED ${surface} ${number}: ${faults.slice(0, 3).join('; ').slice(0, 600)}`)
    if (hex !== null) say(`  ${hex.length / 2} bytes: ${hex.slice(0, 200)}${hex.length > 200 ? '...' : ''}`)
    say(`  again: ${again}   (all of it: ${file})`)
  }
  return {
    all: (): readonly Failure[] => all,
    add,
    /** How often each kind failed. */
    kinds: (): ReadonlyMap<string, number> => kinds,
  }
}

export type Failures = ReturnType<typeof createFailures>
