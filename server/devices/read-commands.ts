import { z } from 'zod'
import type { Command, OrderEntry, Sent } from '../../wire/commands.ts'
import { commandShape, saidShape } from '../kinds/command.ts'
import { readJson } from '../kinds/shapes.ts'

const sentShape = z.looseObject({
  id: z.string(),
  kind: z.string(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  until: z.number(),
})

const entryShape = z.looseObject({ device: z.string(), ...saidShape })

/** The items of a list that the function library wrote; what it never wrote is left out. */
const listIn = <T>(shape: z.ZodType, text: string): T[] =>
  ((readJson(z.array(z.unknown()), text) as unknown[] | null) ?? []).filter(
    (each): each is T => shape.safeParse(each).success,
  )

export const readCommands = (text: string): Command[] => listIn(commandShape, text)
export const readSent = (text: string): Sent[] => listIn(sentShape, text)
export const readEntries = (text: string): OrderEntry[] => listIn(entryShape, text)
/** One command; null where the text is none. */
export const readCommand = (text: string): Command | null => readJson(commandShape, text) as Command | null
