import fc from 'fast-check'
import { expect, it } from 'vitest'
import { modelRuns } from '../../support/environment.ts'
import { bodyOf, commands } from './model/commands.ts'
import { holdTime } from './model/time.ts'
import { createWorld, TOPICS, type WorldOptions } from './model/world.ts'

const RUNS = modelRuns()

const options = fc.record({
  nodes: fc.constantFrom(1, 1, 2),
  clients: fc.constantFrom(1, 2, 3),
  logged: fc.constantFrom(4, 12, 80),
  begun: fc.constantFrom(true, true, true, false),
})

const begin = async ({ begun, ...size }: WorldOptions & { begun: boolean }) => {
  const world = createWorld(size)
  const { redis, clients } = world
  if (begun) for (const topic of TOPICS) redis.publish(topic, bodyOf(topic, redis.published() + 1, 'both', 0))
  for (const client of clients) {
    client.connect()
    client.watch(TOPICS.slice(0, 2), {}, true)
  }
  await world.wait(0, true)
  return world
}

holdTime()

it(
  'model of the live core: a client gets all that was published, or is told what is missing, whatever happens between Redis, nodes and clients',
  async () => {
    await fc.assert(
      fc.asyncProperty(options, commands, async (size, steps) => {
        const world = await begin(size)
        try {
          for (const step of steps) {
            await step.run(world)
            await world.wait(0, false)
            expect(world.faults(), step.toString()).toEqual([])
          }
          expect(await world.settle()).toEqual([])
          expect(world.faults()).toEqual([])
        } finally {
          world.close()
        }
      }),
      RUNS,
    )
  },
  RUNS.numRuns * 200,
)
