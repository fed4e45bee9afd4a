import { type Report, show } from './report.ts'

/** What the project set itself, by figure: at most, or at least. */
const GOALS: { figure: string; what: string; most?: number; least?: number }[] = [
  { figure: 'fanout.w2.cpuVsAdapter', what: '80,000/s, fixed 50 ms: CPU against plain Socket.IO', most: 1 / 6 },
  { figure: 'fanout.w2.cpuVsWsBatch', what: '80,000/s, fixed 50 ms: CPU against ws with 50 ms batches', most: 1 },
  { figure: 'fanout.w2.p99', what: '80,000/s: p99, ms', most: 30 },
  { figure: 'fanout.w2.default.cpuVsAdapter', what: '80,000/s: CPU against plain Socket.IO', most: 1 / 3 },
  { figure: 'fanout.w2.cpuSignedIn', what: '80,000/s: CPU where people sign in, against an open floor', most: 1.03 },
  { figure: 'fanout.w1.p99', what: '20,000/s: p99, ms', most: 5 },
  { figure: 'fanout.w1.cpuVsWs', what: '20,000/s: CPU against ws with a frame per trade', most: 1 },
  { figure: 'capacity.vsAdapter', what: 'capacity against plain Socket.IO', least: 5 },
  { figure: 'connections.kbAboveWs', what: 'idle connection: KB above ws', most: 10 },
  { figure: 'connections.wholeAgainSeconds', what: '5,000 clients whole again after a restart, s', most: 5 },
  { figure: 'slow.p99Ratio', what: 'neighbours of stopped clients: p99 against before', most: 1.1 },
  { figure: 'scale.twoNodesVsOne', what: '2 nodes, the same clients and feed: CPU against 1 node', most: 1.1 },
  { figure: 'scale.busy.twoNodesVsOne', what: '2 nodes under four times the clients: CPU against 1 node', most: 1.1 },
  { figure: 'scale.unwatchedTopics', what: '20 times as many symbols, unwatched: CPU of a node', most: 1.1 },
  { figure: 'abuse.died', what: 'nodes that an abuse ended', most: 0 },
  { figure: 'abuse.worstP99Ratio', what: 'the worst abuse: p99 of the others against quiet', most: 1.5 },
  { figure: 'abuse.worstClientCpu', what: 'the worst abusive client: share of a core that it adds', most: 0.05 },
  { figure: 'abuse.worstLeftMb', what: 'the worst abuse: MB that the node has more afterwards', most: 100 },
  { figure: 'rooms.cpuVsAdapter', what: 'a room of 1,000: CPU against plain Socket.IO', most: 1 },
  { figure: 'devices.kb', what: 'a connected device: KB of a node', most: 30 },
  { figure: 'devices.p99', what: '2,000 fixes/s of 20,000 devices: p99 to whoever watches, ms', most: 100 },
  { figure: 'devices.commandsPerSecond', what: 'commands/s, asked for and done', least: 500 },
  {
    figure: 'archive.rewound.p99Ratio',
    what: '20 people look at the past: p99 of the others against before',
    most: 1.1,
  },
  { figure: 'ingest.tradesPerSecond', what: 'trades/s into Redis', least: 200_000 },
  { figure: 'ingest.fixesPerSecond', what: 'fixes/s into Redis', least: 45_000 },
  { figure: 'ingest.tradeVsPlain', what: "a trade by itself: Redis's CPU against plain commands", most: 4 },
  {
    figure: 'ingest.fixVsPlain',
    what: "a fix by itself, its three steps: Redis's CPU against plain commands",
    most: 8,
  },
]

/** The figures of this run that have a goal, beside it. */
export const goalTable = (figures: Report['figures']): Report['tables'] => {
  const rows = GOALS.filter(({ figure }) => figure in figures).map(({ figure, what, most, least }) => {
    const value = figures[figure] ?? null
    const met = value !== null && value <= (most ?? value) && value >= (least ?? value)
    const digits = (number: number): number => (Math.abs(number) < 10 ? 2 : Math.abs(number) < 100 ? 1 : 0)
    const goal =
      most === undefined ? `at least ${show(least, digits(least ?? 0))}` : `at most ${show(most, digits(most))}`
    return [what, show(value, digits(value ?? 0)), goal, met ? 'yes' : 'no']
  })
  return rows.length > 0 ? [{ title: 'Goals', head: ['what', 'measured', 'goal', 'met'], rows }] : []
}
