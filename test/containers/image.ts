import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/environment.ts'
import type { Run } from './run.ts'

/** What nobody needs at run time, as `find` names it: none of it may be in the image. */
const UNWANTED = [
  '/usr/local/bin/npm /usr/local/lib/node_modules /app/web /app/test /app/node_modules/@types',
  '/app/node_modules/vite /app/node_modules/vitest /app/node_modules/typescript /app/node_modules/playwright-core',
].flatMap((line) => line.split(' '))
const UNREAD = ['*.d.ts', '*.map', '*.test.ts', 'README.md']

export type Image = { megabytes: number; baseMegabytes: number; app: string }

const sizeOf = async (run: Run, name: string): Promise<number> =>
  Math.round(Number(await run('docker', ['image', 'inspect', '--format', '{{.Size}}', name])) / 1e6)

/** Looks at the image: its size, what it must not hold, and that each package in it can still be loaded. */
export const lookAtImage = async (run: Run, base: string): Promise<Image> => {
  const inside = (...args: string[]): Promise<string> => run('docker', ['run', '--rm', 'watchfloor', ...args])
  const names = UNREAD.flatMap((name, i) => (i === 0 ? ['-name', name] : ['-o', '-name', name]))
  const unread = await inside('find', '/app', '-type', 'f', '(', ...names, ')')
  const unwanted = await inside('sh', '-c', `ls -d ${UNWANTED.join(' ')} 2>/dev/null || true`)
  if (unread + unwanted !== '') throw new Error(`in the image, and nobody needs it there: ${unread} ${unwanted}`)
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const loads = Object.keys(dependencies).map((name) => `import('${name}')`)
  await inside(
    'node',
    '-e',
    `Promise.all([${loads.join()}]).catch((error) => { console.error(error); process.exit(1) })`,
  )
  const app = await inside('sh', '-c', 'du -sm /app /app/node_modules /app/dist /usr/local/bin | tr "\\t\\n" "  "')
  return { megabytes: await sizeOf(run, 'watchfloor'), baseMegabytes: await sizeOf(run, base), app }
}
