import type { Random } from '../../../simulators/random.ts'
import type { CommandArgs, CommandRequest, Precondition } from '../../../wire/commands.ts'
import { natureOf } from './crowd.ts'
import type { Known } from './oracle.ts'

/** A command to be asked for, when (ms from the beginning), and how soon after that it is cancelled; null: never. */
export type Planned = { atMs: number; device: Known; request: CommandRequest; cancelAfterMs: number | null }

/** Kinds, each as often as it is to be asked for; opposing pairs among them. */
const KINDS = [
  'message',
  'message',
  'report_now',
  'report_every',
  'lock',
  'unlock',
  'stop',
  'go_on',
  'lock',
  'go_to',
] as const
type Kind = (typeof KINDS)[number]

const argsOf = (kind: Kind, number: number): CommandArgs => {
  if (kind === 'message') return { text: `Number ${number}`, answers: 'yes,no' }
  if (kind === 'report_every') return { seconds: 1 + (number % 30) }
  return kind === 'go_to' ? { place: '30.27,-97.74' } : {}
}

const CANCELLED = 6
const CANCEL_MS = 600
/** Deadlines, in seconds. */
const SHORTEST = 1
const LONGEST = 6
/** Half the width of an area that a device is in, in degrees, however far it goes meanwhile. */
const AROUND = 0.5

/** What must hold besides what its kind asks for: mostly nothing. */
const condition = ({ place }: Known, random: Random): Precondition | undefined => {
  const { start } = natureOf(place)
  const far = random.below(2) * 3
  return (
    [
      { slowerThan: 3 },
      { fresherThan: 600 },
      {
        inside: {
          west: start.lon + far - AROUND,
          east: start.lon + far + AROUND,
          south: start.lat - AROUND,
          north: start.lat + AROUND,
        },
      },
    ] as Precondition[]
  )[random.below(9)]
}

export type PlanOptions = { commands: number; overMs: number; random: Random }

/** What is to be asked of whom, by chance, in order of time; several of one device often come close together. */
export const planCommands = (devices: readonly Known[], { commands, overMs, random }: PlanOptions): Planned[] =>
  Array.from({ length: commands }, (_, i) => {
    const device = devices[random.below(devices.length)] as Known
    const kind = KINDS[random.below(KINDS.length)] as Kind
    const must = condition(device, random)
    const request: CommandRequest = {
      id: `c${i}`,
      to: { devices: [device.id] },
      kind,
      args: argsOf(kind, i),
      within: SHORTEST + random.below(LONGEST),
      ...(must && { if: must }),
    }
    const cancelAfterMs = random.below(CANCELLED) === 0 ? random.below(CANCEL_MS) : null
    return { atMs: (i / commands) * overMs, device, request, cancelAfterMs }
  })
