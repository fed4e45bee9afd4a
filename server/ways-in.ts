import type { IncomingMessage } from 'node:http'
import type { Core } from './core.ts'
import type { openDoor } from './door.ts'
import { createPastAdmit } from './past/past-clients.ts'
import { createAdmit } from './people/admit.ts'
import type { SocketsPorts } from './sockets/server.ts'

type Door = Pick<Awaited<ReturnType<typeof openDoor>>, 'people' | 'attendanceOf' | 'pastAttendanceOf'>

/** How people get onto the floor as it is, and as it was. */
export const waysIn = (
  { clients, past, link }: Pick<Core, 'clients' | 'past' | 'link'>,
  door: Door,
  isSecure: (request: IncomingMessage) => boolean,
): Pick<SocketsPorts, 'people' | 'past'> => {
  const admit = createAdmit(door.people, isSecure)
  return {
    people: {
      admit,
      connected: (socket, work, person) => {
        const session = clients.open(socket, work, door.attendanceOf(person))
        if (!link.isUp()) session.notify({ kind: 'redis_down' })
      },
    },
    past: {
      admit: createPastAdmit(admit, past),
      connected: (socket, work, { person, start }) => past?.open(socket, work, door.pastAttendanceOf(person), start),
    },
  }
}
