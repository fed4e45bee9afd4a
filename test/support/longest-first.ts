import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest. Begun last, they would have all workers but their own idle at the end. */
const LONGEST = [
  'faults/long',
  'faults/commands',
  'faults/rooms',
  'faults/cluster',
  'faults/sentinel',
  'browser/people',
  'browser/devices',
  'browser/desk',
  'browser/access',
  'fuzz/fuzz',
  'integration/protocol/messages',
  'integration/edge/costs',
  'integration/edge/packets',
  'integration/contained',
  'integration/start',
  'integration/redis-modes/cluster',
  'integration/deployments',
  'integration/redis-modes/sentinel',
  'integration/deploy',
  'integration/feeds',
].map((name) => `/test/${name}.test.ts`)

const place = ({ moduleId }: TestSpecification): number => {
  const found = LONGEST.findIndex((file) => moduleId.endsWith(file))
  return found < 0 ? LONGEST.length : found
}

/**
 * The order of files: in each project the longest first, the others as ever. Projects of one group are spread over it
 * evenly: tests that wait (faults) run beside tests that work (browser), not after them.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const asEver = await super.sort(files)
    const projects = [...Map.groupBy(asEver, ({ project }) => project).values()]
    return projects
      .flatMap((own) =>
        own
          .toSorted((a, b) => place(a) - place(b))
          .map((file, i) => ({ file, group: file.project.config.sequence.groupOrder, share: i / own.length })),
      )
      .toSorted((a, b) => a.group - b.group || a.share - b.share)
      .map(({ file }) => file)
  }
}
