import type { Registry } from 'prom-client'
import { COMMAND_STATES, type CommandState } from '../../wire/commands.ts'
import { ANSWERED, type Answered } from '../devices/answering.ts'
import { COMMANDED, type Commanded } from '../devices/commands.ts'
import { REPORTED, type Reported } from '../devices/intake.ts'
import { DOORS, type Door } from '../devices/ports.ts'
import { slots, slotTable } from './slots.ts'

/** Counts what devices report, and what becomes of commands. */
export type DeviceCounts = {
  reported: (door: Door, outcome: Reported) => void
  commanded: (what: Commanded) => void
  /** A command came into this state by what this node did. */
  stepped: (state: CommandState) => void
  answered: (answered: Answered) => void
}

export const countDevices = (registry: Registry): DeviceCounts => {
  const reports = slotTable(registry, {
    name: 'watchfloor_reports_total',
    help: 'Reports of devices to this node, by the way they came and what became of them',
    labels: ['door', 'outcome'],
    values: [DOORS, REPORTED],
  })
  const commands = slots(registry, {
    name: 'watchfloor_commands_total',
    help: 'Commands for devices that clients of this node gave, gave again, gave to many, or cancelled',
    label: 'asked',
    values: COMMANDED,
  })
  const steps = slots(registry, {
    name: 'watchfloor_command_steps_total',
    help: 'Steps of commands that this node took, by the state that they led to',
    label: 'state',
    values: COMMAND_STATES,
  })
  const answers = slots(registry, {
    name: 'watchfloor_device_answers_total',
    help: 'What devices said of commands to this node, by what became of it',
    label: 'outcome',
    values: ANSWERED,
  })
  return {
    reported: (door, outcome) => {
      reports[door][outcome].n++
    },
    commanded: (what) => {
      commands[what].n++
    },
    stepped: (state) => {
      steps[state].n++
    },
    answered: (answered) => {
      answers[answered].n++
    },
  }
}
