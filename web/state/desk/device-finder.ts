import { type ReadonlySignal, signal } from '@preact/signals'
import type { DevicesReply } from '../../../wire/api.ts'

type Found = { text: string; devices: readonly { id: string; about: string }[] }

/** What is typed has to rest so long before a node is asked, in milliseconds. */
const REST_MS = 180

const aboutOf = ({ name, group }: DevicesReply['devices'][number]): string => [name, group].filter(Boolean).join(', ')

/** Devices anywhere, found by a node while one types. */
export const createDeviceFinder = (load: (text: string) => Promise<DevicesReply>) => {
  const found = signal<Found>({ text: '', devices: [] })
  let asked = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = async (text: string): Promise<void> => {
    const reply = await load(text).catch(() => null)
    if (reply === null || text !== asked) return
    found.value = { text, devices: reply.devices.map((row) => ({ id: row.id, about: aboutOf(row) })) }
  }
  return {
    found: found as ReadonlySignal<Found>,
    ask: (text: string): void => {
      if (text === '' || text === asked) return
      asked = text
      clearTimeout(timer)
      timer = setTimeout(() => void read(text), REST_MS)
    },
  }
}
export type DeviceFinder = ReturnType<typeof createDeviceFinder>
