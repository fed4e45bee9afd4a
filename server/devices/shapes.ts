import { z } from 'zod'
import { DEVICE_STATES } from '../../wire/commands.ts'
import { type Answer, MOST_REPORTED, type Report } from '../../wire/devices.ts'
import { listOf, tableOf } from '../live/first-fault.ts'

/** What may stand in one report, and letters of a text in it. */
const MOST_KINDS = 100
const MOST_VALUES = 64
const MOST_LETTERS = 500
const DAY_S = 86_400

const text = z.string().max(MOST_LETTERS)
/** What is no number is left out: a sensor that failed spoils no fix. */
const readings = tableOf(z.unknown(), MOST_VALUES).transform((all) =>
  Object.fromEntries(Object.entries(all).filter((each): each is [string, number] => typeof each[1] === 'number')),
)

/** Whether the values can be true is for the function library to say, of each fix by itself. */
const reportedFix = z.object({
  n: z.number().exactOptional(),
  t: z.number(),
  lat: z.number(),
  lon: z.number(),
  speed: z.number().exactOptional(),
  heading: z.number().exactOptional(),
  battery: z.number().exactOptional(),
  route: text.exactOptional(),
  parked: z.literal(true).exactOptional(),
  readings: readings.exactOptional(),
})

/** A `Report`, as devices send it in our own form. */
export const reportShape: z.ZodType<Report> = z.object({
  fixes: listOf(reportedFix, MOST_REPORTED).exactOptional(),
  parked: z.boolean().exactOptional(),
  every: z.number().positive().max(DAY_S).exactOptional(),
  takes: listOf(z.string().max(64), MOST_KINDS).exactOptional(),
  attributes: tableOf(z.union([text, z.number(), z.boolean()]), MOST_VALUES).exactOptional(),
})

/** An `Answer` to a command. */
export const answerShape: z.ZodType<Answer> = z.object({
  id: z.string().regex(/^[\w.:-]{1,64}$/),
  state: z.enum(DEVICE_STATES),
  reason: text.exactOptional(),
  answer: text.exactOptional(),
})
