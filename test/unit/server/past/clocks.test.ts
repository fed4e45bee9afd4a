import { expect, it } from 'vitest'
import { readConfig } from '../../../../server/config.ts'
import { nothingSent } from '../../../../server/live/sent.ts'
import type { ClientSocket } from '../../../../server/live/session.ts'
import { createPastClients } from '../../../../server/past/past-clients.ts'
import type { Attend } from '../../../../server/people/attendance.ts'
import { noFaults } from '../../../support/faults.ts'
import { somebody } from '../../../support/people.ts'
import { createMemory } from './memory.ts'

const MOST = 100

const clientsOf = () =>
  createPastClients(readConfig({}), {
    archive: createMemory({ edge: 10_000 }).archive,
    groups: () => [],
    node: { node: 'one', version: '1' },
    id: () => 'life',
    now: () => 0,
    cpu: () => 0,
    count: () => {},
    answered: () => {},
    sent: nothingSent(),
    held: () => {},
    faults: noFaults,
  })

/** Somebody's connection that takes nothing, and whether it was ended. */
const connection = (id: number) => {
  const ended: string[] = []
  const leave: (() => void)[] = []
  const socket = {
    id: String(id),
    nsp: { name: '/past' },
    conn: { readyState: 'closed', writeBuffer: [], transport: {}, close: () => ended.push('closed') },
    on: (event: string, listener: () => void) => event === 'disconnect' && leave.push(listener),
    disconnect: () => ended.push('disconnected'),
  }
  return { socket: socket as unknown as ClientSocket, ended, leave: () => leave.forEach((gone) => void gone()) }
}
const paid = { perform: () => {}, forget: () => {}, measured: <T>(piece: () => T): T => piece(), topic: () => {} }
const attend = (() => ({
  person: () => somebody(),
  who: { mayWatch: () => true, extent: () => 'all', acts: {}, isGuest: false },
  due: () => null,
  leave: () => {},
})) as unknown as Attend

it('opens no more clocks than a node may have, though more were let in at the same moment', async () => {
  const clients = clientsOf()
  const starts = await Promise.all(Array.from({ length: MOST + 2 }, () => clients.begin({ at: 5000 })))
  const all = starts.map((start, id) => ({ start, ...connection(id) }))
  for (const { socket, start } of all) if (!('error' in start)) clients.open(socket, paid, attend, start)
  expect(clients.count()).toBe(MOST)
  expect(all.map(({ ended }) => ended.length)).toEqual(all.map((_, i) => (i < MOST ? 0 : 1)))
  expect(await clients.begin({})).toMatchObject({ error: { code: 'too_many' } })
  for (const { leave } of all) leave()
  expect(clients.count()).toBe(0)
  expect(await clients.begin({})).toMatchObject({ edge: 9999 })
})
