import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { formatPrice, formatVolume } from '../../web/state/format.ts'
import type { Fix } from '../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../wire/market.ts'
import { topicId, topicKey, topicKind, topicPart } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import type { Truth } from '../support/readers/truth.ts'
import { startBrowser, type Tab } from '../support/tabs.ts'
import { tell } from './measured.ts'
import { DEVICES, onStage, type Stage } from './stage.ts'

/**
 * This stands for the ten minutes that browsers sleep in earnest. It is longer than every limit that ten minutes would
 * pass: a client that takes nothing is ended after 10 s, one that does not answer a ping after 45 s, a hidden page
 * unwatches after 15 s; and the feed publishes more in it than a symbol's log holds.
 */
const ASLEEP_MS = 64_000
/** The hidden page is hidden for the last part of that: it unwatches, and what it then misses is still in the log. */
const HIDDEN_MS = 19_000
/** Prices are drawn a few times a second: so long what is drawn may be behind what is known. */
const DRAWN_MS = 1000

/** What a page shows, in a form that can be compared. */
type Shown = { rows: Record<string, string[]>; devices: Record<string, string>; bar: string[] }
/**
 * One look at a page, ten times a second and whenever what it says changes: when (Unix ms), what it said of its link,
 * and the row of one symbol.
 */
type Look = [at: number, state: string, row: string]

const LOOK = `(() => {
  const text = (of, what) => of?.querySelector(what)?.textContent
  const rows = {}
  for (const row of document.querySelectorAll('tr[data-symbol]'))
    rows[row.dataset.symbol] = ['last', 'bid', 'ask', 'volume'].map((field) => text(row, '[data-field="' + field + '"]'))
  const devices = {}
  for (const one of document.querySelectorAll('[data-nearby]'))
    devices[one.dataset.nearby] = one.dataset.lat + ',' + one.dataset.lon
  const bar = [...document.querySelectorAll('[data-bar]')].map((part) => part.textContent)
  return { rows, devices, bar }
})()`
const STATE = `document.querySelector('.link > button')?.dataset.state`
const RECORD = `{
  window.looks = []
  const look = () => {
    const cells = document.querySelectorAll('tr[data-symbol="AAPL"] [data-field]')
    window.looks.push([Date.now(), ${STATE}, [...cells].map((cell) => cell.textContent).join(' ')])
  }
  setInterval(look, 100)
  new MutationObserver(look).observe(document.querySelector('.link'), { subtree: true, attributeFilter: ['data-state'] })
}`

const look = (tab: Tab): Promise<Shown> => tab.evaluate(LOOK)
const looks = (tab: Tab): Promise<Look[]> => tab.evaluate('window.looks')

/** What a page has to show of this state of Redis. */
const shownOf = (truth: readonly Truth[]): Shown => {
  const shown: Shown = { rows: {}, devices: {}, bar: [] }
  for (const { topic, state } of truth) {
    const id = topicId(topic)
    if (topicKind(topic) === 'd') {
      const { last } = state as { last: Fix }
      shown.devices[id] = `${last.lat},${last.lon}`
    }
    if (topicKind(topic) !== 's') continue
    const { last, quote, day, candle } = state as SymbolSnapshot
    shown.rows[id] = [
      formatPrice(last?.price),
      formatPrice(quote?.bid),
      formatPrice(quote?.ask),
      formatVolume(day?.volume),
    ]
    if (id === 'AAPL' && candle) {
      const { open, high, low, close, volume } = candle
      shown.bar = [`O${formatPrice(open)}`, `H${formatPrice(high)}`, `L${formatPrice(low)}`, `C${formatPrice(close)}`]
      shown.bar.push(`V${formatVolume(volume)}`)
    }
  }
  return shown
}

const isLive = async (tab: Tab): Promise<boolean> => (await tab.evaluate(STATE)) === 'live'

/** Resolves once the page is live and shows this; answers the milliseconds from `from` (Unix). */
const shows = async (tab: Tab, what: Shown, from: number): Promise<number> => {
  const same = async () => {
    expect(await look(tab)).toEqual(what)
    return isLive(tab)
  }
  await eventually('the page shows what is in Redis', same, { everyMs: 50 })
  return Date.now() - from
}

/** That a page, from the moment when it was woken, never called live what was old. */
const checkClaims = async (tab: Tab, woken: number): Promise<void> => {
  const since = (await looks(tab)).filter(([at]) => at >= woken)
  const last = since.at(-1)?.[2]
  const old = since.filter(([, state, row]) => state === 'live' && row !== last)
  expect(since.some(([, state]) => state !== 'live')).toBe(true)
  expect((old.at(-1)?.[0] ?? 0) - (old[0]?.[0] ?? 0)).toBeLessThan(DRAWN_MS)
}

const answers = (stage: Stage, node: { url: string }, kind: string): Promise<number> =>
  stage.metric(node, 'watchfloor_answers_total', { kind })

/**
 * Browsers sleep for long, frozen, stopped or hidden. Awake they check before they call anything live, and are whole.
 */
export const sleepThrough = (): Promise<void> =>
  onStage(async (stage) => {
    const node = await stage.node({ env: { TILES_URL: 'none' } })
    const load = await stage.load({ devices: [], everyMs: 40 })
    const fleet = await stage.load({ symbols: [], devices: DEVICES, described: [], everyMs: 1500, seed: 5 }, false)
    const browser = await startBrowser()
    try {
      const open = () => browser.open(`${node.url}/#/split/AAPL/1m`)
      const [frozen, hidden, stopped] = [await open(), await open(), await open()]
      const tabs = [frozen, hidden, stopped]
      for (const tab of tabs) {
        await eventually('it is live', () => isLive(tab))
        const all = async () => Object.keys((await look(tab)).devices).length === DEVICES.length
        await eventually('it shows all devices', all)
        await tab.evaluate(RECORD)
      }
      const seq = Number(await stage.direct.hget(topicKey('s:AAPL'), 'seq'))
      const watches = await stage.metric(node, 'watchfloor_watches')

      await frozen.freeze()
      stopped.signal('SIGSTOP')
      // A page that is frozen leaves by itself; one that is stopped is found out.
      const clients = () => stage.metric(node, 'watchfloor_clients')
      const left = async () => (await clients()) === 2
      await eventually('the frozen page has left', left)
      await sleep(ASLEEP_MS - HIDDEN_MS)
      await hidden.hide()
      await sleep(HIDDEN_MS)
      expect(await clients()).toBe(1)
      expect(await stage.metric(node, 'watchfloor_watches')).toBe(0)
      expect(watches).toBeGreaterThan(0)
      const oldest = async (): Promise<number> => {
        const [first] = await stage.direct.xrange(topicPart('s:AAPL', 'log'), '-', '+', 'COUNT', 1)
        return Number.parseInt(first?.[0] ?? '', 10)
      }
      await eventually('the log begins after what the pages have', async () => (await oldest()) > seq + 1)

      // The feeds pause, so that what pages show can be held against Redis.
      await Promise.all([load.stop(), fleet.stop()])
      const truth = shownOf(await stage.truth())
      const replays = await answers(stage, node, 'replay')
      let woken = Date.now()
      await hidden.show()
      tell(
        `a page hidden for ${HIDDEN_MS / 1000} s is whole ${await shows(hidden, truth, woken)} ms after it is seen again`,
      )
      // The seconds since it unwatched are in the log.
      expect((await answers(stage, node, 'replay')) - replays).toBeGreaterThanOrEqual(4)
      await checkClaims(hidden, woken)

      const snapshots = await answers(stage, node, 'snapshot')
      woken = Date.now()
      await frozen.thaw()
      await frozen.show()
      tell(`a page frozen for ${ASLEEP_MS / 1000} s is whole ${await shows(frozen, truth, woken)} ms after it wakes`)
      expect((await answers(stage, node, 'snapshot')) - snapshots).toBeGreaterThanOrEqual(4)
      await checkClaims(frozen, woken)

      woken = Date.now()
      stopped.signal('SIGCONT')
      tell(`a page stopped for ${ASLEEP_MS / 1000} s is whole ${await shows(stopped, truth, woken)} ms after it wakes`)
      await checkClaims(stopped, woken)

      const again = await stage.load({ firstId: 1_000_000, devices: [] })
      await sleep(1000)
      await again.stop()
      const after = shownOf(await stage.truth())
      for (const tab of tabs) await shows(tab, after, Date.now())
    } finally {
      await browser.stop()
    }
  })
