import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll } from 'vitest'
import { createDevices, type Devices } from '../../../server/devices/devices.ts'
import type { Admitted } from '../../../server/devices/ports.ts'
import { createRegister } from '../../../server/fleet/register.ts'
import { emptySnapshot } from '../../../server/kinds/kinds.ts'
import { createDemand } from '../../../server/live/demand.ts'
import { countDevices } from '../../../server/metrics/devices.ts'
import { createRights } from '../../../server/people/rights.ts'
import { openLink } from '../../../server/redis/link.ts'
import { createReader } from '../../../server/redis/read.ts'
import { isUpdate } from '../../../server/texts.ts'
import { COMMAND_KINDS } from '../../../wire/command-kinds.ts'
import type { Command, Sent } from '../../../wire/commands.ts'
import type { Answer } from '../../../wire/devices.ts'
import type { Action } from '../../../wire/grants.ts'
import type { Topic } from '../../../wire/topics.ts'
import { noFaults } from '../../support/faults.ts'
import { personWith } from '../../support/persons.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

/** As much of a node as devices and commands need. */
export type DeviceNode = Devices & {
  /** Acts of somebody with these grants. */
  as: (id: string, grants?: string) => ReturnType<Devices['attend']>
  /** What the record has: who gave which dangerous command. */
  record: string[]
  /** Connects a device by a key that nobody checks. */
  connect: (id: string, admitted?: Admitted) => ConnectedDevice
  stop: () => Promise<void>
}

/** A device at one node: what it was given, and whether it was ended. */
export type ConnectedDevice = {
  given: Sent[]
  ended: string[]
  answer: (id: string, state: Answer['state'], more?: Partial<Answer>) => ReturnType<Devices['answering']>
  close: () => void
}

const TURN_MS = 100

export const startDeviceNode = async (redisUrl: string, node: string): Promise<DeviceNode> => {
  const log = pino({ level: 'silent' })
  const link = await openLink(redisUrl, log, noFaults, {
    down: () => {},
    up: () => demand.recoverAll(),
    renewed: (topics) => demand.recover(topics),
  })
  const read = createReader(link.command)
  const ports = { channels: link.channels, read, empty: emptySnapshot, isUpdate, count: () => {}, faults: noFaults }
  const demand = createDemand(ports, 1000)
  const record: string[] = []
  const devices = createDevices({
    redis: link.command,
    node,
    isUp: link.isUp,
    demand,
    register: createRegister(link.command, read, () => {}),
    recorded: async (who, about) => void record.push(`${who} ${about}`),
    kinds: COMMAND_KINDS,
    count: countDevices(new Registry()),
    log,
    faults: noFaults,
  })
  const turn = (): void => {
    devices.tick()
    void devices.keep()
  }
  const timer = setInterval(turn, TURN_MS)
  const rights = createRights({ now: Date.now, isRevoked: () => false })
  const connect = (id: string, admitted: Admitted = { id, keyed: null }): ConnectedDevice => {
    const given: Sent[] = []
    const ended: string[] = []
    const connection = devices.connections.open(admitted, {
      deliver: (commands) => given.push(...commands),
      end: (reason) => ended.push(reason),
    })
    const answer: ConnectedDevice['answer'] = (command, state, more = {}) =>
      devices.answering(id, { id: command, state, ...more })
    return { given, ended, answer, close: connection.close }
  }
  return {
    ...devices,
    record,
    connect,
    as: (id, grants = 'watch:* command:* danger:*') => {
      const person = personWith(grants, { id, name: `Name of ${id}` })
      const may = (action: Action, topic: Topic): boolean => rights.may(person, action, topic)
      return devices.attend({ person: () => person, may })
    },
    stop: async () => {
      clearInterval(timer)
      demand.close()
      await link.close()
    },
  }
}

export const commandIn = (reply: object): Command => {
  if (!('command' in reply)) throw new Error(JSON.stringify(reply))
  return reply.command as Command
}

/** Two nodes on one Redis, for all tests of a file; `floor`, `one` and `other` are there once they run. */
export const onTwoNodes = (): { floor: () => Floor; one: () => DeviceNode; other: () => DeviceNode } => {
  let floor: Floor
  let nodes: DeviceNode[] = []
  beforeAll(async () => {
    floor = await startFloor()
    nodes = await Promise.all(['one', 'other'].map((name) => startDeviceNode(floor.server.url, name)))
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await floor.stop()
  })
  return { floor: () => floor, one: () => nodes[0] as DeviceNode, other: () => nodes[1] as DeviceNode }
}
