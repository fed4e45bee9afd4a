import { expect, test } from 'vitest'
import { createTasks } from '../../../server/access/tasks.ts'

const steps = function* (count: number): Generator<undefined, undefined> {
  for (let i = 0; i < count; i++) yield
  return undefined
}

test('however often it goes on after a wait, one piece is done between two turns of everybody else', () => {
  let pieces = 0
  let turns: (() => void)[] = []
  const tasks = createTasks({
    atOnce: 1,
    measured: (piece) => {
      pieces++
      piece()
    },
    mayGoOn: () => true,
    later: (run) => turns.push(run),
    done: () => {},
  })
  tasks.add(steps(20))
  for (let i = 0; i < 5; i++) tasks.goOn()
  expect(pieces).toBe(6)
  for (let i = 1; i <= 5; i++) {
    const [due, before] = [turns, pieces]
    turns = []
    for (const run of due) run()
    expect(pieces - before).toBe(1)
  }
})

test('what is closed is not gone on with, and what is added then is done', () => {
  let done = 0
  let turns: (() => void)[] = []
  const tasks = createTasks({
    atOnce: 4,
    measured: (piece) => piece(),
    mayGoOn: () => true,
    later: (run) => turns.push(run),
    done: () => done++,
  })
  tasks.add(steps(8))
  tasks.close()
  for (const run of turns) run()
  expect([tasks.busy(), done]).toEqual([false, 0])
  turns = []
  tasks.add(steps(8))
  while (turns.length > 0) turns.shift()?.()
  expect([tasks.busy(), done]).toEqual([false, 1])
})
