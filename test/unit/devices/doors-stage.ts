import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type DoorPorts, deviceDoors, ownTracksKeeps } from '../../../server/devices/doors/http.ts'
import type { Heard } from '../../../server/devices/ports.ts'
import { errorHandler } from '../../../server/http/errors.ts'
import { knownMethods } from '../../../server/http/methods.ts'
import { wireError } from '../../../server/live/requests.ts'
import type { Command, Sent } from '../../../wire/commands.ts'
import type { Answer, Report } from '../../../wire/devices.ts'
import { noFaults } from '../../support/faults.ts'
import { askRaw } from '../../support/raw-http.ts'

export const KEY = 'k'.repeat(32)
export const NOW = Date.UTC(2026, 10, 30)

/** The doors over one device, `van-7` (which is also `ann/phone`), and what came to it. */
export const openDoors = async (more: Partial<DoorPorts> = {}) => {
  const reports: { id: string; report: Report; door: string }[] = []
  const answers: { id: string; answer: Answer }[] = []
  const state = { heard: { accepted: 1, repeats: 0, refused: [], open: 0 } as Heard, sent: [] as Sent[] }
  const kept: Command[] = []
  const ports: DoorPorts = {
    intake: {
      report: async (id, report, door) => {
        reports.push({ id, report, door })
        return state.heard
      },
      waiting: () => 0,
    },
    doorkeeper: {
      admit: async (id, key) => {
        if (!['van-7', 'ann/phone'].includes(id)) return { error: wireError('unknown_device') }
        return key === KEY ? { id, keyed: 'hash' } : { error: wireError('not_signed_in') }
      },
    },
    signOfLife: async () => state.sent,
    answering: async (id, answer) => {
      answers.push({ id, answer })
      return { done: true }
    },
    history: {
      commands: async (id) => ({ id, commands: kept, next: null }),
      orderDevices: async (id) => ({ id, entries: [], next: null }),
    },
    colleagues: async () => [],
    addressOf: () => '192.0.2.1',
    now: () => NOW,
    ...more,
  }
  const app = express()
  app.use((_request, response, next) => {
    response.locals = { work: async <T>(piece: () => T) => piece(), pay: () => {}, refused: null, person: null }
    next()
  })
  app.use(knownMethods)
  app.use('/in', deviceDoors(ports))
  app.use('/in/owntracks', ownTracksKeeps)
  app.use(errorHandler({ debug: () => {} } as never, noFaults, () => {}))
  const server: Server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  return {
    ...{ url, host, reports, answers, state, kept },
    /** Sends a request as it is, on a connection that ends with the reply. */
    send: (raw: string) =>
      askRaw(url, raw.replace(/^Connection: .*\r\n/im, '').replace('\r\n', '\r\nConnection: close\r\n')),
    close: () => server.close(),
  }
}
