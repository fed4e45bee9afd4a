import { Client } from 'pg'
import { eventually } from './eventually.ts'

/** Waits until a server takes somebody in: it listens before it does. */
export const untilReady = (url: string): Promise<unknown> =>
  eventually('PostgreSQL is ready', async () => {
    const client = new Client(url)
    client.on('error', () => {})
    await client.connect()
    await client.end()
    return true
  })
