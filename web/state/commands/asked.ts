import type { CommandArgs, CommandTo, Precondition } from '../../../wire/commands.ts'
import { devicesInWords } from './words.ts'

/** What a form asks for, of whomever. `within`: seconds. */
export type Asked = { kind: string; args: CommandArgs; within: number; if?: Precondition }

/** Several devices of which something is to be asked. `first`: what the form begins with. `sent`: its errand. */
export type ManyAsk = { to: CommandTo; first?: Omit<Asked, 'if'>; sent?: string }

/** Whom a command is for, in words. */
export const toInWords = (to: CommandTo): string => {
  if ('group' in to) return `the group ${to.group}`
  const [first = ''] = to.devices
  return to.devices.length === 1 ? first : devicesInWords(to.devices.length)
}

/** What errands for these devices are about: one after the other goes what is for the same. */
export const aboutOf = (to: CommandTo): string => {
  if ('group' in to) return `g:${to.group}`
  return to.devices.length === 1 ? `d:${to.devices[0]}` : 'many'
}
