import { type Bounds, cellsCovering } from '../../../wire/cells.ts'
import type { Tuning } from '../../../wire/protocol.ts'
import { cellTopic, type Topic, topicKind } from '../../../wire/topics.ts'
import {
  compare,
  dropWaiting,
  type Holding,
  hear,
  type Journal,
  newHolding,
  tell,
} from '../../support/readers/holding.ts'
import { createAsks } from './asks.ts'
import { createLine, type LineSocket } from './line.ts'

/** What a roamer watches: topics by name, each in its own way, and a view of the map. */
export type Wishes = { topics: Map<Topic, Tuning>; view: { bounds: Bounds; tuning: Tuning } | null }

/**
 * A client that changes its mind: follows docs/protocol.md to the letter while it watches other things and comes from
 * other nodes.
 */
export type Roamer = {
  holdings: ReadonlyMap<Topic, Holding>
  /** What it lacks to have all that it watches; null: nothing. */
  waitsFor: () => string | null
  connected: () => boolean
  connections: () => number
  url: () => string
  wishes: () => Wishes
  watch: (topic: Topic, tuning: Tuning) => void
  unwatch: (topic: Topic) => void
  tune: (topic: Topic, tuning: Tuning) => void
  look: (view: Wishes['view']) => void
  /** Goes to a node, from wherever it is. */
  goTo: (url: string) => void
  /** Is away until `goTo`. */
  away: () => void
  close: () => void
}

export type RoamerPorts = { journal: Journal; choose: () => string; random: () => number }

export const openRoamer = (url: string, { journal, choose, random }: RoamerPorts): Roamer => {
  const holdings = new Map<Topic, Holding>()
  const wishes: Wishes = { topics: new Map(), view: null }
  let slowed = false
  let connections = 0

  const hold = (topic: Topic, { mode }: Tuning): void => {
    const holding = newHolding(topic)
    holding.conflated = slowed || mode === 'latest'
    holdings.set(topic, holding)
    asks.watch(holding)
  }
  const forget = (topic: Topic): void => {
    holdings.delete(topic)
    asks.forget(topic)
  }

  const bind = (socket: LineSocket): void => {
    const own = (act: (topic: Topic, holding: Holding) => void) => (topic: Topic) => {
      const holding = line.socket() === socket ? holdings.get(topic) : undefined
      if (holding) act(topic, holding)
    }
    socket.on('connect', () => {
      if (line.socket() !== socket) return
      connections++
      slowed = false
      for (const holding of holdings.values()) dropWaiting(holding)
      asks.start()
    })
    socket.on('updates', (segments) => {
      for (const segment of segments)
        own((_, holding) => {
          if (hear(holding, segment, journal)) asks.asking(holding)
        })(segment.topic)
      asks.again()
    })
    socket.on('notice', (notice) => {
      if (notice.kind !== 'slowed' || line.socket() !== socket) return
      slowed = notice.rate !== null
      if (slowed) for (const holding of holdings.values()) holding.conflated = true
    })
    socket.on('heartbeat', ({ seqs }) => {
      for (const [topic, last] of Object.entries(seqs))
        own((_, holding) => {
          if (compare(holding, last, journal)) asks.asking(holding)
        })(topic as Topic)
      asks.again()
    })
    socket.on('gap', (gap) => {
      own((_, holding) => {
        journal.gaps++
        tell(holding, gap)
      })(gap.topic)
    })
  }
  const line = createLine(bind, choose, random)
  const asks = createAsks({ holdings, wishes, journal, socket: line.socket })
  line.to(url)

  return {
    holdings,
    waitsFor: () => {
      const { connected = false } = line.socket() ?? {}
      if (!connected) return 'a connection'
      const unasked = asks.waitsFor()
      if (unasked !== null) return unasked
      const asking = [...holdings.values()].find(({ phase }) => phase !== 'live')
      return asking ? `${asking.topic}, ${asking.phase}` : null
    },
    connected: () => line.socket()?.connected === true,
    connections: () => connections,
    url: line.url,
    wishes: () => wishes,
    watch: (topic, tuning) => {
      wishes.topics.set(topic, tuning)
      hold(topic, tuning)
    },
    unwatch: (topic) => {
      wishes.topics.delete(topic)
      forget(topic)
      asks.leave(topic)
    },
    tune: (topic, tuning) => {
      wishes.topics.set(topic, tuning)
      const holding = holdings.get(topic)
      if (holding) holding.conflated ||= tuning.mode === 'latest'
      asks.tune(topic)
    },
    look: (view) => {
      wishes.view = view
      const cells = new Set((view && cellsCovering(view.bounds))?.map(cellTopic))
      for (const topic of [...holdings.keys()]) if (topicKind(topic) === 'c' && !cells.has(topic)) forget(topic)
      for (const topic of cells) {
        const holding = holdings.get(topic)
        if (!holding) hold(topic, view?.tuning ?? {})
        else holding.conflated ||= view?.tuning.mode === 'latest'
      }
      asks.look()
    },
    goTo: line.to,
    away: line.away,
    close: () => {
      asks.close()
      line.close()
    },
  }
}
