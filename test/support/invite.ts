import { startProgram } from '../../start/child.ts'
import { inherited, ROOT, TEST_SECRET } from './environment.ts'

/**
 * Invites somebody as `npm run invite` does, and returns the link. `floor`: where browsers find it; `span`: for how
 * long, such as `1h`.
 */
export const invite = async (
  { redisUrl, floor }: { redisUrl: string; floor: string },
  name: string,
  grants: string,
  span = '1h',
): Promise<string> => {
  const args = ['--name', name, '--grants', grants, '--for', span, '--at', floor]
  const child = startProgram('invite', ['server/people/invite/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited(), REDIS_URL: redisUrl, SECRET_FILE: TEST_SECRET, ACCESS: 'invitations' },
    output: 'pipe',
  })
  let text = ''
  const keep = (data: Buffer): void => {
    text += data
  }
  child.process.stdout?.on('data', keep)
  child.process.stderr?.on('data', keep)
  await child.ended
  const [link] = /http\S+#in=\S+/.exec(text) ?? []
  if (link === undefined) throw new Error(`no link was printed:\n${text}`)
  return link
}
