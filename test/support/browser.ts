import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { chromiumPath, inherited, searchPath } from './environment.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ON_MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
/** What keeps a browser from talking to anyone but the page's server, and lets root run it. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium of this machine; throws, with the remedy, where there is none. */
export const findChromium = (): string => {
  const onPath = searchPath()
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  const found = [chromiumPath() ?? '', ...onPath, ...ON_MAC].find((path) => path !== '' && existsSync(path))
  if (!found) throw new Error('No Chromium here: run "sh setup.sh test", or set CHROMIUM_PATH to an executable.')
  return found
}

/** Starts the Chromium of this machine, with `env` in its environment; close it when the test file is done. */
export const launchBrowser = (env: Record<string, string> = {}): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: FLAGS, env: { ...inherited(), ...env } })
