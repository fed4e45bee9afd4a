import type { Bounds } from '../../../wire/cells.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Cursor, Segment, WatchReply } from '../../../wire/protocol.ts'
import { openConnection } from '../load/connection.ts'
import type { Faults } from '../load/tally.ts'

const PATH = '/socket.io/?EIO=4&transport=websocket'
const UPDATES = '42["updates",'

export type Viewer = {
  /** By how many updates it is behind these cursors in the cells of its view. */
  lacks: (cursors: Record<string, Cursor>) => number
}

type Ports = {
  count: { deliveries: number; frames: number; bytes: number }
  faults: Faults
  /** Told the `at` of each update as it comes. */
  late: (at: number) => void
  onWhole: () => void
  onEnd: () => void
}

/** One client that watches a view, and checks that every update of each of its cells comes once and in order. */
export const openViewer = (port: number, bounds: Bounds, { count, faults, late, onWhole, onEnd }: Ports): Viewer => {
  const cells = new Map<string, Cursor>()
  let early: Segment[] | null = []

  const take = (segment: Segment): void => {
    const own = cells.get(segment.topic)
    const at = { epoch: segment.epoch, seq: segment.seq }
    count.deliveries++
    late(segment.at)
    if (own === undefined) faults.strays++
    else if ('snapshot' in segment) faults.told++
    else {
      const stands = standing(own, segment)
      if (stands === 'repeat') faults.repeated++
      else if (stands === 'gap') faults.lost += Math.max(1, segment.seq - own.seq - 1)
      if (stands === 'repeat') return
    }
    cells.set(segment.topic, at)
  }

  const answered = (reply: WatchReply): void => {
    if ('error' in reply) throw new Error(reply.error.message)
    for (const result of reply.results) {
      if (result.kind === 'error') throw new Error(result.error.message)
      cells.set(result.topic, result.cursor)
    }
    const came = early ?? []
    early = null
    for (const segment of came) take(segment)
    onWhole()
  }

  const onText = (bytes: Buffer, start: number, end: number): void => {
    count.frames++
    const head = bytes.toString('latin1', start, Math.min(end, start + UPDATES.length))
    if (head === UPDATES) {
      const segments = JSON.parse(bytes.toString('utf8', start + UPDATES.length, end - 1)) as Segment[]
      if (early) early.push(...segments)
      else for (const segment of segments) take(segment)
    } else if (head.startsWith('42["gap"')) faults.told++
    else if (head === '2') connection.send('3')
    else if (head.startsWith('0{')) connection.send('40')
    else if (head.startsWith('40')) connection.send(`420["watch",${JSON.stringify({ view: { bounds } })}]`)
    else if (head.startsWith('430[')) {
      const [reply] = JSON.parse(bytes.toString('utf8', start + 3, end)) as [WatchReply]
      answered(reply)
    }
  }

  const connection = openConnection(port, PATH, {
    onText,
    onBytes: (taken) => {
      count.bytes += taken
    },
    onOpen: () => {},
    onClose: onEnd,
  })

  return {
    lacks: (cursors) => {
      let sum = 0
      for (const [topic, own] of cells) {
        const last = cursors[topic] ?? { epoch: '', seq: 0 }
        if (own.epoch !== last.epoch || own.seq < last.seq) sum += Math.max(1, last.seq - own.seq)
      }
      return sum
    },
  }
}
