import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { talkers } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import type { TestNode } from '../support/node.ts'
import { signIn } from '../support/talkers/sign-in.ts'
import { openTalker, readAll, type Talker } from '../support/talkers/talker.ts'
import { tell } from './measured.ts'

/** So many people on so many nodes write so many messages a second, while nodes are killed and stopped. */
export type TalkOptions = { people: number; nodes: number; perSecond: number; seconds: number; everyMs: number }

/** A test that the others wait for does not take long. */
const SMALL: TalkOptions = { people: 20, nodes: 3, perSecond: 20, seconds: 10, everyMs: 2000 }
const LARGE = { nodes: 3, perSecond: 50, seconds: 60, everyMs: 4000 }
const wanted = talkers()
export const SIZE: TalkOptions = wanted === null ? SMALL : { ...LARGE, people: wanted }

export type TalkStage = { node: (options?: { port?: number }) => Promise<TestNode> }

/** Kills nodes and stops them in turn, each soon started again, until told to end. Returns how often. */
const breakNodes = async (stage: TalkStage, nodes: TestNode[], everyMs: number, untilMs: number): Promise<number> => {
  let times = 0
  while (performance.now() < untilMs) {
    await sleep(everyMs)
    const place = times % nodes.length
    const node = nodes[place] as TestNode
    await (times % 2 === 0 ? node.kill() : node.stop())
    await sleep(300)
    nodes[place] = await stage.node({ port: node.port })
    times++
  }
  return times
}

/** Has them write, each at times of its own, until then. Returns what was written. */
const talk = async (everybody: readonly Talker[], perSecond: number, untilMs: number): Promise<string[]> => {
  const texts: string[] = []
  for (let i = 0; performance.now() < untilMs; i++) {
    const talker = everybody[(i * 11) % everybody.length] as Talker
    texts.push(`${talker.name} says ${i}`)
    talker.say(texts.at(-1) as string)
    await sleep(1000 / perSecond)
  }
  return texts
}

/** Every message exactly once, in one order, the same everywhere. */
const compare = async (everybody: readonly Talker[], texts: readonly string[], url: string, cookie: string) => {
  await eventually('everything is acknowledged', () => everybody.every((talker) => talker.unsaid() === 0))
  const truth = await readAll(url, cookie)
  expect(truth.map(({ n }) => n)).toEqual(texts.map((_, i) => i + 1))
  expect(truth.map(({ text }) => text).toSorted()).toEqual(texts.toSorted())
  const kept = new Map(truth.map(({ n, text }) => [n, text]))
  for (const talker of everybody) {
    const hasLast = () => talker.messages.has(texts.length)
    await eventually(`${talker.name} has the last message`, hasLast)
    await talker.fill(url)
    expect(new Map([...talker.messages].sort(([a], [b]) => a - b)), talker.name).toEqual(kept)
    expect(talker.faults, talker.name).toEqual([])
    for (const [text, n] of talker.said) expect(kept.get(n)).toBe(text)
    // What it wrote first has the lower number.
    const numbers = [...talker.said.values()]
    expect(numbers, talker.name).toEqual(numbers.toSorted((a, b) => a - b))
  }
}

/** What everybody knows of who is here is the truth in the end. Returns how long that took (ms). */
const comparePresence = async (everybody: readonly Talker[], what: string): Promise<number> => {
  const from = performance.now()
  const truth = [...new Set(everybody.map(({ name }) => name))].sort()
  const isTrue = () => everybody.every(({ here }) => [...here].sort().join() === truth.join())
  await eventually(what, isTrue)
  return performance.now() - from
}

export const talkThrough = async (stage: TalkStage, options: TalkOptions): Promise<void> => {
  const nodes: TestNode[] = []
  for (let i = 0; i < options.nodes; i++) nodes.push(await stage.node())
  const urls = nodes.map(({ url }) => url)
  const open = async (i: number): Promise<Talker> => {
    const name = `p${i}`
    return openTalker({ urls, name, cookie: await signIn(urls[i % urls.length] as string, name), first: i })
  }
  const talking = await Promise.all(Array.from({ length: options.people }, (_, i) => open(i)))
  const [url, cookie] = [urls[0] as string, await signIn(urls[0] as string, 'p0')]
  try {
    talking.push(await open(0)) // a second tab of one of them
    await eventually('all are connected', () => talking.every((talker) => talker.isConnected()))
    const end = performance.now() + options.seconds * 1000
    const [texts, times] = await Promise.all([
      talk(talking, options.perSecond, end),
      breakNodes(stage, nodes, options.everyMs, end),
    ])
    await compare(talking, texts, url, cookie)
    const settled = await comparePresence(talking, 'all are seen to be here')
    const flickers = talking.reduce((sum, { gone }) => sum + gone.length, 0)
    // A third of them leave, and the node of others dies with them.
    const leaving = talking.filter((_, i) => i % 3 === 1)
    const staying = talking.filter((talker) => !leaving.includes(talker))
    for (const talker of leaving) talker.close()
    await nodes.at(-1)?.kill()
    const left = await comparePresence(staying, 'those who left are seen to be gone')
    tell(`${options.people} people wrote ${texts.length} messages while ${times} nodes went`)
    tell(`presence: right ${Math.round(settled)} ms after that, and ${Math.round(left)} ms after a third had left`)
    tell(`presence: ${flickers} times somebody was seen to go who had not`)
  } finally {
    for (const talker of talking) talker.close()
  }
}
