import { z } from 'zod'
import type { Command } from '../../wire/commands.ts'
import type { DeviceSnapshot } from '../../wire/fleet.ts'
import { foldCommands } from '../../wire/fold-commands.ts'
import type { device as deviceKind } from '../../wire/kinds/device.ts'
import { cellTopic, parseTopic } from '../../wire/topics.ts'
import { COMMAND, commandShape } from './command.ts'
import { DEVICE_DESCRIPTION, DEVICE_FIELDS, deviceDescriptionShape, readDeviceDescription } from './description.ts'
import { stateForGuests, updateForGuests } from './device-for-guests.ts'
import { FIX, fixShape } from './fix.ts'
import type { ServerKind } from './kind.ts'
import { LIFE, lifeShape } from './life.ts'
import { many, maybe, NAME, NUMBER, object, orNull } from './patterns.ts'
import { updateShape } from './shapes.ts'

const LATE = `"late":${many(FIX)}`
const FIXES = `"fixes":${many(FIX)}${maybe(`,"life":${LIFE}`)}${maybe(`,${LATE}`)}`
const fixes = z.array(fixShape)
const told = { life: lifeShape.optional(), commands: z.array(commandShape).optional() }

export const device: ServerKind<typeof deviceKind> = {
  library: new URL('../redis/library/fleet/', import.meta.url),
  reader: { name: 'wf1_read_device', parts: ['track', 'commands', 'asked'] },
  log: 'track',
  update: {
    known: `(?:${FIXES}|${LATE}|"life":${LIFE}|"commands":${many(COMMAND)}|"keyed":${NUMBER})`,
    shape: updateShape({ fixes: fixes.optional(), late: fixes.optional(), ...told, keyed: z.number().optional() }),
  },
  snapshot: {
    known: object({
      last: orNull(FIX),
      cell: orNull(NAME),
      'description?': DEVICE_DESCRIPTION,
      'life?': LIFE,
      'commands?': many(COMMAND),
    }),
    shape: z.looseObject({
      last: fixShape.nullable(),
      cell: z.string().nullable(),
      description: deviceDescriptionShape.optional(),
      ...told,
    }),
  },
  guests: {
    known: `"fixes":${many(FIX)}`,
    update: updateForGuests,
    state: (state) => stateForGuests(state as DeviceSnapshot),
  },
  salvage: {
    fields: ['last', 'cell', 'signs', ...DEVICE_FIELDS],
    part: { name: 'commands' },
    state: ([last, cell, signs, ...described], texts, readable) => {
      const life = readable(signs, lifeShape)
      const commands = texts.flatMap((text) => (readable(text, commandShape, 'commands') as Command | null) ?? [])
      return {
        last: readable(last, fixShape),
        cell: cell && parseTopic(cellTopic(cell)) ? cell : null,
        ...readDeviceDescription(described),
        ...(life && { life }),
        ...(commands.length > 0 && { commands: foldCommands([], commands) }),
      }
    },
  },
}
