import { Redis } from 'ioredis'
import type { Browser, Page } from 'playwright-core'
import type { Child } from '../../start/child.ts'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import { LOAD_CORE, SERVER_CORE } from './machine.ts'
import { emptyReport, median, rounded, show } from './report.ts'
import { CONTENDERS, type RunningServer, startServer } from './servers.ts'
import { openStage } from './stage.ts'

const ROWS = 30
const DEVICES = 10_000
/** Each device reports every five seconds, and moves on the map in between. */
const SIMULATE = ['--symbols', String(ROWS), '--rate', '300', '--steady', '--history', '0'].concat([
  '--devices',
  String(DEVICES),
  '--interval',
  '5',
])
const VIEWPORT = { width: 1600, height: 1000 }
/** All of Austin. */
const MAP = { lat: 30.32, lon: -97.74, zoom: 11 }
const READY_MS = 60_000

export type Seen = { rows: number; devices: number; framesPerSecond: number; p50: number; p95: number; max: number }

/** Records the time between animation frames in the page for a while, in milliseconds. */
const recordFrames = (page: Page, ms: number): Promise<number[]> =>
  page.evaluate(
    (duration) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = []
        const began = performance.now()
        let last = began
        const frame = (): void => {
          const now = performance.now()
          gaps.push(now - last)
          last = now
          if (now - began < duration) requestAnimationFrame(frame)
          else resolve(gaps)
        }
        requestAnimationFrame(frame)
      }),
    ms,
  )

const onScreen = (page: Page): Promise<{ rows: number; devices: number }> =>
  page.evaluate(() => ({
    rows: document.querySelectorAll('tr[data-symbol]').length,
    devices: Number(document.querySelector<HTMLElement>('canvas[data-devices]')?.dataset.devices ?? 0),
  }))

const watchPage = async (browser: Browser, port: number, symbols: readonly string[], ms: number): Promise<Seen> => {
  const page = await browser.newPage({ viewport: VIEWPORT })
  await page.addInitScript(
    ([map, chosen]) => {
      localStorage.setItem('watchfloor.map', JSON.stringify(map))
      localStorage.setItem('watchfloor.symbols', JSON.stringify(chosen))
    },
    [MAP, symbols] as const,
  )
  await page.goto(`http://127.0.0.1:${port}/#/split`)
  const complete = async (): Promise<boolean> => {
    const { rows, devices } = await onScreen(page)
    return rows === ROWS && devices >= DEVICES * 0.99
  }
  await eventually(`${ROWS} rows and ${DEVICES} devices`, complete, { limitMs: READY_MS, everyMs: 500 }).catch(
    async () => {
      const { rows, devices } = await onScreen(page)
      throw new Error(`only ${rows} rows and ${devices} devices are on the page`)
    },
  )
  const gaps = (await recordFrames(page, ms)).slice(1)
  const total = gaps.reduce((sum, gap) => sum + gap, 0)
  const sorted = [...gaps].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const { rows, devices } = await onScreen(page)
  return { rows, devices, framesPerSecond: (gaps.length * 1000) / total, p50: at(0.5), p95: at(0.95), max: at(1) }
}

/** The whole system, the dashboard in a browser that has no graphics processor at the end of it. */
const runOnce = async ({ machine, quick }: BenchOptions): Promise<Seen> => {
  const stage = await openStage(machine)
  const redis = new Redis(stage.redis.url)
  let browser: Browser | undefined
  let server: RunningServer | undefined
  let simulators: Child | undefined
  const forget = machine.atEnd(async () => browser?.close())
  try {
    server = await startServer(machine, CONTENDERS.watchfloor, stage.redis.url)
    simulators = machine.start(
      'simulators',
      LOAD_CORE,
      ['simulators/main.ts', '--redis', stage.redis.url, ...SIMULATE],
      {},
      'ignore',
    )
    const known = async (): Promise<string[] | null> => {
      const symbols = await redis.hkeys('wf:{symbols}')
      return symbols.length >= ROWS ? symbols.slice(0, ROWS) : null
    }
    const symbols = await eventually(`${ROWS} symbols`, known, { limitMs: 20_000 })
    browser = await launchBrowser()
    return await watchPage(browser, server.port, symbols, quick ? 6000 : 15_000)
  } finally {
    forget()
    await browser?.close()
    redis.disconnect()
    await Promise.all([server?.child.kill(), simulators?.kill()])
    await stage.close()
  }
}

/** How smoothly the dashboard moves with 30 rows and 10,000 devices. */
export const browser: Bench = async (options) => {
  const report = emptyReport()
  const build = options.machine.start('build', SERVER_CORE, ['start/build/main.ts'], {}, 'ignore')
  if ((await build.ended).code !== 0) throw new Error('the dashboard could not be built: run "npm run build"')
  const seen: Seen[] = []
  for (let round = 0; round < rounds(options); round++) {
    if (options.signal.aborted) continue
    try {
      const one = await runOnce(options)
      options.say(
        `browser: ${show(one.framesPerSecond)} frames/s, p95 ${show(one.p95)} ms, ${one.rows} rows, ${one.devices} devices`,
      )
      seen.push(one)
    } catch (error) {
      if (!options.signal.aborted) report.failures.push(`browser: ${(error as Error).message}`)
    }
  }
  const middle = (value: (one: Seen) => number): number | null => median(seen.map(value))
  report.tables.push({
    title: `Browser: headless Chromium without a graphics processor, ${VIEWPORT.width} by ${VIEWPORT.height}`,
    head: ['rows', 'devices', 'frames a second', 'frame p50 ms', 'p95 ms', 'longest ms'],
    rows: [
      [
        show(
          middle(({ rows }) => rows),
          0,
        ),
        show(
          middle(({ devices }) => devices),
          0,
        ),
        show(middle(({ framesPerSecond }) => framesPerSecond)),
        show(middle(({ p50 }) => p50)),
        show(middle(({ p95 }) => p95)),
        show(middle(({ max }) => max)),
      ],
    ],
  })
  report.figures = {
    'browser.p95FrameMs': rounded(middle(({ p95 }) => p95)),
    'browser.framesPerSecond': rounded(middle(({ framesPerSecond }) => framesPerSecond)),
  }
  return report
}
