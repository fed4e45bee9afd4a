import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { freePort } from '../../start/port.ts'
import { PROFILES, type Profile } from '../support/compose.ts'
import { isArchived } from './archived.ts'
import { findCompose } from './compose-program.ts'
import { confineAll, overstep } from './confined.ts'
import { startEngine } from './engine.ts'
import { runEngineTests } from './engine-tests.ts'
import { openFloor } from './floor.ts'
import { lookAtImage } from './image.ts'
import { keepsData } from './kept.ts'
import { drain, killEach } from './killed.ts'
import { checkManifests } from './manifests.ts'
import { installPackages } from './packages.ts'
import { createRun } from './run.ts'
import { makeStandIns } from './stand-ins.ts'

const HELP = `Usage: npm run test:containers [-- --only single,sentinel,cluster] [--pull] [--folder F]
On a Debian or Ubuntu, as root: starts a Docker engine of its own, builds the image, runs each profile of
docker-compose.yml, kills what can be killed, and runs tests through testcontainers. docs/containers.md explains it.
Base images are stand-ins made on the spot; with --pull they are the real ones. The exit code is 1 if anything is not as
it should be.
`
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    pull: { type: 'boolean' },
    folder: { type: 'string' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const began = performance.now()
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const say = (line: string): void =>
  void process.stdout.write(`${seconds(performance.now() - began).padStart(8)}  ${line}\n`)
const only = (Object.keys(PROFILES) as Profile[]).filter((profile) => values.only?.split(',').includes(profile) ?? true)
const folder = values.folder ?? `${tmpdir()}/watchfloor-containers`

/** As many files as this machine lets a process open, where that is less than the balancer would like. */
const openFiles = async (): Promise<string> => {
  const most = Number(await createRun(process.env)('sh', ['-c', 'ulimit -Hn']))
  return `${most > 0 ? Math.min(65_536, most) : 65_536}`
}

await installPackages(createRun(process.env), say)
const engine = await startEngine(folder, process.env)
try {
  const program = await findCompose(engine.run, folder, say)
  const version = await engine.run('docker', ['version', '--format', '{{.Server.Version}}'])
  say(`Docker ${version}, Compose ${program.version}`)
  const images = values.pull ? {} : await makeStandIns(engine.run, folder)
  say(values.pull ? 'base images are pulled' : 'base images are stand-ins')
  const port = await freePort()
  const settings = {
    ...process.env,
    ...images,
    DOCKER_HOST: engine.host,
    PORT: `${port}`,
    OPEN_FILES: await openFiles(),
  }
  const archived = { ...settings, ARCHIVE_URL: 'postgres://watchfloor@postgres/watchfloor' }
  for (const profile of only) {
    const archive = profile === 'single'
    const floor = openFloor({ run: createRun(archive ? archived : settings), program, profile, port, archive })
    await floor.compose('down', '--volumes')
    const built = performance.now()
    await floor.compose('build')
    if (profile === only[0]) {
      say(`image built in ${seconds(performance.now() - built)}`)
      const image = await lookAtImage(engine.run, images.NODE_IMAGE ?? 'node')
      say(`image: ${image.megabytes} MB, of which the base image is ${image.baseMegabytes}; in MB: ${image.app}`)
      say(`limits: too much memory ${(await overstep(floor)).join(', too many processes ')}`)
    }
    let { watcher, healthyMs, liveMs } = await floor.up()
    say(`${profile}: healthy after ${seconds(healthyMs)}, live data after ${seconds(liveMs)}`)
    say(`${profile}: ${await confineAll(floor)} containers run without rights`)
    if (archive) say(`${profile}: PostgreSQL has ${await isArchived(floor)}`)
    for (const { what, stoodMs } of await killEach(floor, watcher))
      say(`${profile}: ${what} killed: data stood still for ${seconds(stoodMs)}`)
    const drained = await drain(floor, watcher)
    say(
      `${profile}: each node stopped within ${seconds(drained.tookMs)}: data stood still for ${seconds(drained.stoodMs)}`,
    )
    watcher.close()
    const kept = await keepsData(floor, async () => {
      ;({ watcher } = await floor.up())
    })
    say(`${profile}: down and up: ${kept} minutes of a symbol are there as they were`)
    watcher.close()
    await floor.compose('down', '--volumes')
  }
  if (!values.only) say(`Kubernetes: the manifests ${await checkManifests(engine.run, folder)}`)
  if (!values.only) say(`testcontainers: ${await runEngineTests(settings)}`)
  say('all is as it should be')
} catch (error) {
  say(`FAILED ${error instanceof Error ? error.stack : error}`)
  process.exitCode = 1
} finally {
  await engine.stop()
}
process.exit()
