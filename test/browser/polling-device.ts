import type { Page } from 'playwright-core'
import type { Sent } from '../../wire/commands.ts'
import type { AddDevicesReply, Answer, DeviceReply, DeviceRequest } from '../../wire/devices.ts'

export type PollingDevice = {
  /** What it was given, in order, each command once. */
  given: readonly Sent[]
  /** Where it is and how fast it goes from now on; resolves once the node has it. */
  move: (place: { lat: number; lon: number; speed: number }) => Promise<void>
  stop: () => Promise<void>
}

type Options = {
  id: string
  key: string
  takes: string[]
  place: { lat: number; lon: number; speed: number }
  /** What it says of a command once it was given it. */
  obey: (command: Sent) => Omit<Answer, 'id'>
}

/** How often it asks, in milliseconds. */
const EVERY = 500

/** A device that asks the node over HTTP, again and again, what it is to do. */
export const startDevice = async (url: string, { id, key, takes, place, obey }: Options): Promise<PollingDevice> => {
  const given: Sent[] = []
  const answers = new Map<string, Answer>()
  let at = place
  let over = false
  const report = async (fix: boolean): Promise<void> => {
    const said = [...answers.values()]
    const fixes = fix ? [{ t: Date.now(), ...at }] : undefined
    const request: DeviceRequest = {
      id,
      takes,
      every: 10,
      ...(fixes && { fixes }),
      ...(said.length > 0 && { answers: said }),
    }
    const response = await fetch(`${url}/in/device`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
      body: JSON.stringify(request),
    })
    if (!response.ok) throw new Error(`${id}: ${response.status} ${await response.text()}`)
    for (const answer of said) answers.delete(answer.id)
    const { commands } = (await response.json()) as DeviceReply
    for (const command of commands) {
      if (!given.some((one) => one.id === command.id)) given.push(command)
      answers.set(command.id, { id: command.id, ...obey(command) })
    }
  }
  const ask = async (): Promise<void> => {
    while (!over) {
      // A node that is away is asked again.
      await report(false).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, EVERY))
    }
  }
  await report(true)
  const asking = ask()
  return {
    given,
    move: async (next) => {
      at = next
      await report(true)
    },
    stop: async () => {
      over = true
      await asking
    },
  }
}

/** Adds devices to these groups, as whoever sits at the page. Returns their keys. */
export const addDevices = async (page: Page, groups: Record<string, string>): Promise<Map<string, string>> => {
  const devices = Object.entries(groups).map(([id, group]) => ({ id, group }))
  const reply = await page.evaluate(async (devices): Promise<AddDevicesReply> => {
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch('/api/devices', { method: 'POST', headers, body: JSON.stringify({ devices }) })
    return response.json()
  }, devices)
  return new Map(reply.devices.map(({ id, key }) => [id, key]))
}
