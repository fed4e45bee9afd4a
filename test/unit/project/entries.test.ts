import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PLACES } from '../../../server/faults.ts'
import { ROOT } from '../../support/environment.ts'

/** All that a node runs and that the event loop may enter. */
const files = ['server', 'redis', 'archive']
  .flatMap((folder) =>
    readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  .filter((path) => path.endsWith('.ts') && !path.startsWith('archive/tool/'))
  .map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }))

/** Where the event loop may enter without a guard, and why that is safe. */
const OPEN: Record<string, string> = {
  'server/main.ts': 'signals and the last net itself: nothing there but a few assignments and the end of the process',
  'redis/within.ts setTimeout(resolve, ms)': 'calls nothing of ours',
  "redis/failovers.ts sentinel.on('ready'": 'subscribes, and gives the connection up where that fails',
  "redis/failovers.ts sentinel.on('message'": 'takes a text apart, and calls what is guarded',
  "redis/single.ts connection.on('error', () => {})": 'does nothing',
  "redis/sentinel.ts command.once('error', (error) => reject(": 'rejects a promise that is awaited, at the start only',
  "sqlite/thread.ts worker.on('message', hear)": 'resolves or rejects a promise that is awaited',
  "sqlite/thread.ts worker.on('error'": 'rejects promises that are awaited',
  "sqlite/thread.ts worker.once('exit'": 'rejects promises that are awaited',
  'sqlite/thread.ts setTimeout(hurry': 'ends the thread, and rejects promises that are awaited',
  "sqlite/worker.ts parentPort?.on('message'": 'a thread of its own, which ends where that fails',
  "postgres/engine.ts pool.on('error', ignore)": 'does nothing',
  "postgres/engine.ts pool.on('connect', (client) => client.on('error', ignore))": 'calls what does nothing',
  "sockets/gate.ts socket.on('error', () => {})": 'does nothing',
  "http/server.ts socket.on('error', () => {})": 'does nothing',
  "http/server.ts server.on('connect', (request, socket) => tunnel(socket, request))": 'calls what is guarded',
  "http/server.ts server.on('clientError', (error: NodeJS.ErrnoException, socket) => broken(socket, error))":
    'calls what is guarded',
  "sockets/listen.ts http.once('error', reject)": 'rejects a promise that is awaited, at the start only',
}

const ENTRY =
  /(?<![.\w])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\(|\.(?:on|once|prependListener|prependOnceListener|addListener)\(/g

/** What a call is given, up to the bracket that closes it. */
const callAt = (text: string, at: number): string => {
  let depth = 0
  for (let i = text.indexOf('(', at); i < text.length; i++) {
    if ('([{'.includes(text[i] ?? '')) depth++
    if (')]}'.includes(text[i] ?? '') && --depth === 0) return text.slice(at, i + 1)
  }
  return text.slice(at)
}

/** Whether what is called is guarded: in place, or by the name that it has in this file. */
const isGuarded = (call: string, text: string): boolean => {
  if (/\b(?:faults\.)?(?:guard|request)\(/.test(call)) return true
  const names = call.match(/\b[a-z]\w*\b/gi) ?? []
  return names.some((name) => new RegExp(`const ${name} = [\\w.]*guard\\(`).test(text))
}

test('the event loop enters the code of a node by guarded functions only', () => {
  const raw = files.flatMap(({ path, text }) =>
    [...text.matchAll(ENTRY)].flatMap(({ index, 0: found }) => {
      const from = found.startsWith('.') ? text.lastIndexOf('\n', index) + 1 : index
      const line = text.slice(from, text.indexOf('\n', index)).trim()
      const isOpen = Object.keys(OPEN).some((open) => `${path} ${line}`.includes(open) || path === open)
      return isOpen || isGuarded(callAt(text, index), text) ? [] : [`${path}: ${line}`]
    }),
  )
  expect(raw).toEqual([])
})

test('every place of the table is one at which something is guarded, and docs/operations.md lists them all', () => {
  const code = files
    .filter(({ path }) => path !== 'server/faults.ts')
    .map(({ text }) => text)
    .join('\n')
  expect(Object.keys(PLACES).filter((at) => !code.includes(`'${at}'`))).toEqual([])
  const page = readFileSync(`${ROOT}/docs/operations.md`, 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z.-]+)` \| ([^|]+) \|$/gm)].map(([, at, cost]) => [at, cost])
  expect(
    Object.entries(PLACES).filter(([at, cost]) => !rows.some(([name, text]) => name === at && text === cost)),
  ).toEqual([])
})
