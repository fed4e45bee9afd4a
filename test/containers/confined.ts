import type { Floor } from './floor.ts'

const FIELDS = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'] as const

const statusOf = async (floor: Floor, service: string): Promise<Map<string, string>> => {
  const text = await floor.compose('exec', '-T', service, 'cat', '/proc/1/status')
  return new Map(text.split('\n').map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]))
}

/** Throws unless this service runs as a user without rights, and can write nowhere but in its volume and /tmp. */
const confine = async (floor: Floor, service: string): Promise<void> => {
  const status = await statusOf(floor, service)
  const wrong = FIELDS.filter((field) => !/^0+$/.test(status.get(field) ?? ''))
  if (wrong.length > 0) throw new Error(`${service} has capabilities: ${wrong.join(', ')}`)
  if (status.get('NoNewPrivs') !== '1') throw new Error(`${service} may gain rights`)
  if (/^0\b/.test(status.get('Uid') ?? '0')) throw new Error(`${service} runs as root`)
  const wrote = await floor.compose(
    'exec',
    '-T',
    service,
    'sh',
    '-c',
    'touch /etc/x /usr/x /app/x 2>/dev/null; ls -d /etc/x /usr/x /app/x 2>/dev/null || true',
  )
  if (wrote !== '') throw new Error(`${service} wrote ${wrote}`)
}

/** Of these, whatever runs. Returns how many were looked at. */
export const confineAll = async (floor: Floor): Promise<number> => {
  const services = (await floor.compose('ps', '--services', '--status', 'running')).split('\n').filter(Boolean)
  for (const service of services) await confine(floor, service)
  return services.length
}

const GROW = 'const all = []; for (;;) all.push(Buffer.alloc(16 << 20, 1))'
const FORK = 'i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i + 1)); done'

/** Takes too much memory, and too many processes, in containers with the simulators' limits. Returns how each ended. */
export const overstep = async (floor: Floor): Promise<string[]> => {
  const limited = [
    'run',
    '--rm',
    '--read-only',
    '--cap-drop',
    'ALL',
    '--memory',
    '128m',
    '--memory-swap',
    '128m',
    '--pids-limit',
    '64',
  ]
  const ended = async (...args: string[]) =>
    floor.run('docker', [...limited, 'watchfloor', ...args]).then(
      () => 'went on',
      (error) =>
        /exit code 137/.test(String(error))
          ? 'was ended (137)'
          : /fork/i.test(String(error))
            ? 'was refused more'
            : `failed: ${error}`,
    )
  const outcomes = [await ended('node', '-e', GROW), await ended('sh', '-c', FORK)]
  if (outcomes.some((outcome) => !outcome.startsWith('was ')))
    throw new Error(`limits do not hold: ${outcomes.join('; ')}`)
  return outcomes
}
