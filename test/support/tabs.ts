import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../../start/child.ts'
import { FLAGS, findChromium } from './browser.ts'
import { type DevTools, openDevTools } from './devtools.ts'
import { inherited } from './environment.ts'
import { eventually } from './eventually.ts'

/** A tab of a real browser that nothing keeps awake: it can be hidden, frozen and stopped as people's tabs are. */
export type Tab = {
  /** Runs a script in the page and answers its value, which must be JSON. */
  evaluate: <T>(script: string) => Promise<T>
  /** Brings another tab of its window before it, or itself again. */
  hide: () => Promise<void>
  show: () => Promise<void>
  /** Freezes it, as browsers do with tabs that are hidden for long, and thaws it; it is hidden then. */
  freeze: () => Promise<void>
  thaw: () => Promise<void>
  /** SIGSTOP, SIGCONT: to the processes that came with it. */
  signal: (name: NodeJS.Signals) => void
}

export type Browser = {
  open: (url: string) => Promise<Tab>
  stop: () => Promise<void>
}

type ProcessInfo = { processInfo: { type: string; id: number }[] }

const renderers = async (devTools: DevTools): Promise<number[]> => {
  const { processInfo } = await devTools.send<ProcessInfo>('SystemInfo.getProcessInfo')
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
}

/** A tab in a window and a profile of its own, and so in processes that no other tab shares. */
const openTab = async (devTools: DevTools, url: string): Promise<Tab> => {
  const { send } = devTools
  const before = new Set(await renderers(devTools))
  const { browserContextId } = await send<{ browserContextId: string }>('Target.createBrowserContext')
  const create = (of: string) => send<{ targetId: string }>('Target.createTarget', { url: of, browserContextId })
  const { targetId } = await create(url)
  const { targetId: cover } = await create('about:blank')
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
  const activate = async (id: string): Promise<void> => void (await send('Target.activateTarget', { targetId: id }))
  const lifecycle = async (state: 'frozen' | 'active'): Promise<void> =>
    void (await send('Page.setWebLifecycleState', { state }, sessionId))
  await activate(targetId)
  const evaluate: Tab['evaluate'] = async (expression) => {
    const { result, exceptionDetails } = await send<{ result: { value: never }; exceptionDetails?: { text: string } }>(
      'Runtime.evaluate',
      { expression, returnByValue: true, awaitPromise: true },
      sessionId,
    )
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`)
    return result.value
  }
  const loaded = `location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`
  await eventually('the page is loaded', () => evaluate(loaded))
  const pids = (await renderers(devTools)).filter((id) => !before.has(id))
  return {
    evaluate,
    hide: () => activate(cover),
    show: async () => {
      await activate(cover)
      await activate(targetId)
    },
    freeze: () => lifecycle('frozen'),
    thaw: () => lifecycle('active'),
    signal: (name) => {
      for (const pid of pids) process.kill(pid, name)
    },
  }
}

/**
 * Starts the Chromium of this machine without the library of the other browser tests: that one keeps all pages visible
 * and awake, with timers as fast as ever.
 */
export const startBrowser = async (): Promise<Browser> => {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-browser-'))
  const flags = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${folder}`, ...FLAGS, 'about:blank']
  const child = startChild('browser', findChromium(), flags, { env: inherited(), stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.process.stderr?.on('data', (data: Buffer) => {
    said += data
  })
  const stop = async (): Promise<void> => {
    // Its whole group: a process that a test stopped does not end with the others.
    process.kill(-(child.process.pid ?? Number.NaN), 'SIGKILL')
    await child.ended
    // Its processes end a little after it, and write until then.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  try {
    const listening = () => /DevTools listening on (\S+)/.exec(said)?.[1]
    const devTools = await openDevTools(await eventually('the browser listens', listening))
    return { open: (url) => openTab(devTools, url), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
