import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type ApiPorts, apiRouter } from '../../../server/http/api.ts'
import { errorHandler, notFound } from '../../../server/http/errors.ts'
import { ANYBODY, type Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import type { Work } from '../../../server/pieces.ts'
import type { SymbolRow } from '../../../wire/api.ts'
import { NOWHERE } from '../../../wire/cursors.ts'
import { noFaults } from '../../support/faults.ts'

const work: Work = async (piece) => piece()
export const CURSOR = { epoch: 'e', seq: 7 }
const servers: Server[] = []
/** To be called after each test. */
export const closeServers = (): void => {
  for (const server of servers.splice(0)) server.close()
}

const rowOf = (symbol: string) => ({ symbol, name: `${symbol} Inc.` }) as SymbolRow
const DEVICES = ['BUS-1', 'BUS-2', 'VAN-1'].map((id) => ({ id, last: null, cell: null, heard: 1 }))

/** The API over a floor of two symbols and three devices; `asked`: what it read. */
export const setUp = async (more: Partial<ApiPorts> = {}) => {
  const asked: string[] = []
  const read = (what: string) => asked.push(what)
  const list = [rowOf('AAPL'), rowOf('MSFT')]
  let who: Person | null = ANYBODY
  let now = 0
  let clock = 0
  const ports: ApiPorts = {
    config: { node: 'one', version: '1', tiles: null, doors: { url: null, nmea: null, mqtt: false } },
    rights: createRights({ now: () => 0, isRevoked: () => false }),
    symbols: async () => list,
    candles: {
      now: async (archive, { symbol }) => {
        read(`candles ${symbol}${archive === null ? '' : ' joined'}`)
        return { cursor: CURSOR, text: `{"candles":"${symbol}"}`, partial: false }
      },
      at: async (_archive, { symbol, at }) => {
        read(`candles ${symbol} at ${at}`)
        return { cursor: NOWHERE, text: `{"candles":"${symbol}","at":${at}}`, partial: false }
      },
    },
    devices: async ({ limit }, _work, isSeen) => {
      read('devices')
      const devices = DEVICES.filter(({ id }) => isSeen === null || isSeen(id)).slice(0, limit)
      return { devices, next: null, complete: true, cursor: CURSOR }
    },
    track: {
      now: async (_archive, { id }) => {
        read(`track ${id}`)
        return { cursor: CURSOR, text: `{"track":"${id}"}`, partial: false }
      },
      at: async (_archive, { id, at }) => ({ cursor: NOWHERE, text: `{"track":"${id}","at":${at}}`, partial: false }),
    },
    symbolsAt: async (_archive, rows, at) => {
      read(`symbols at ${at}`)
      return [...rows]
    },
    devicesAt: async (_archive, rows) => [...rows],
    archive: null,
    clock: () => clock,
    stats: async () => {
      read('stats')
      const nodes = [{ node: 'one', clients: 3, topics: 4 }]
      return { clients: 3, nodes, watchers: { AAPL: 2, MSFT: 1 } }
    },
    cursor: async (topic) => {
      read(topic)
      return topic.endsWith('NONE') ? null : CURSOR
    },
    now: () => now,
    ...more,
  }
  const app = express()
  app.disable('etag')
  app.use((_request, response, next) => {
    response.locals = { work, pay: () => {}, refused: null, person: who }
    next()
  })
  app.use(
    apiRouter(ports),
    notFound,
    errorHandler({ debug: () => {} } as never, noFaults, () => {}),
  )
  const server = createServer(app).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = async (person: Person | null, path: string, had?: string) => {
    who = person
    const reply = await fetch(url + path, {
      headers: had === undefined ? {} : { 'If-None-Match': had, 'Cache-Control': 'max-age=0' },
    })
    const text = await reply.text()
    return { status: reply.status, text, json: text === '' ? null : JSON.parse(text), headers: reply.headers }
  }
  const wait = (ms: number): void => {
    now += ms
    clock += ms
  }
  return { get, asked, wait }
}
