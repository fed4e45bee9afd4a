import { serverKindOf } from '../../../server/kinds/kinds.ts'
import { publishFixes } from '../../../wire/calls.ts'
import {
  commandCall,
  dueCommands,
  lifeCall,
  type NewCommand,
  readCommands,
  type Sign,
  type Step,
  sendCommands,
  stepCommand,
} from '../../../wire/command-calls.ts'
import type { Command, Sent } from '../../../wire/commands.ts'
import type { DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { deviceTopic, type Topic } from '../../../wire/topics.ts'
import type { Floor } from '../redis/floor.ts'

export const ANN = { id: 'ann', name: 'Ann "A" Ö' }
/** A deadline that no test sees. */
export const LATER = 4_000_000_000_000

/** Whether each of these updates is one that a node knows without a closer look. */
export const areKnown = (texts: readonly string[]): boolean =>
  texts.every((text) => {
    const { topic } = JSON.parse(text) as { topic: Topic }
    return serverKindOf(topic).isUpdate.test(Buffer.from(text).toString('latin1'))
  })

const list = <T>(text: string): T[] => JSON.parse(text) as T[]

/** What the calls about a device's commands return, read. */
export const asking = (floor: Floor) => {
  const run = async <Reply>(call: Parameters<Floor['run']>[0]): Promise<Reply> => (await floor.run(call)) as Reply
  return {
    /** Asks for something; `null` where it is refused. */
    ask: async (device: string, more: Partial<NewCommand> = {}) => {
      const command = { id: 'one', kind: 'message', args: {}, by: ANN, until: LATER, ...more }
      type Asked = [seq: number, epoch: string, command: string, isNew: 0 | 1, refusal: string, changed: string]
      const [seq, epoch, text, isNew, refusal, changed] = await run<Asked>(commandCall(device, command))
      const asked = text === '' ? null : (JSON.parse(text) as Command)
      return { seq, epoch, command: asked, isNew: isNew === 1, refusal, changed: list<Command>(changed) }
    },
    send: async (device: string, retryMs = LATER) => {
      type Went = [seq: number, epoch: string, sent: string, changed: string]
      const [seq, epoch, sent, changed] = await run<Went>(sendCommands(device, retryMs))
      return { seq, epoch, sent: list<Sent>(sent), changed: list<Command>(changed) }
    },
    step: async (device: string, step: Step) => {
      type Stepped = [seq: number, epoch: string, command: string, taken: 0 | 1]
      const [seq, epoch, text, taken] = await run<Stepped>(stepCommand(device, step))
      return { seq, epoch, command: text === '' ? null : (JSON.parse(text) as Command), taken: taken === 1 }
    },
    due: async (device: string) => {
      type Due = [seq: number, epoch: string, due: string, changed: string]
      const [seq, , due, changed] = await run<Due>(dueCommands(device))
      return { seq, due: due === '' ? null : Number(due), changed: list<Command>(changed) }
    },
    history: async (device: string, before: number | null = null, limit = 100): Promise<Command[]> =>
      list<Command>(await run<string>(readCommands(device, before, limit))),
    live: async (device: string, sign: Sign = {}) => {
      const [seq, epoch, waiting] = await run<[number, string, number]>(lifeCall(device, sign))
      return { seq, epoch, waiting }
    },
    fix: async (id: string, more: Partial<Fix> = {}) => {
      const fix = { id, n: 1, t: Date.now(), lat: 52.5, lon: 13.4, ...more }
      return await run<(string | number)[]>(publishFixes(id, [fix]))
    },
    state: async (id: string): Promise<DeviceSnapshot> =>
      (await floor.snapshot<DeviceSnapshot>(deviceTopic(id))).snapshot,
  }
}
export type Asking = ReturnType<typeof asking>
