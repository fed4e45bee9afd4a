import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that wait for many seconds. Begun last, they would have all workers but their own idle at the end. */
const LONGEST = [
  'faults/commands',
  'faults/long',
  'faults/cluster',
  'faults/sentinel',
  'browser/access',
  'integration/protocol/messages',
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

const byProject = ({ project: a }: TestSpecification, { project: b }: TestSpecification): number =>
  a.config.sequence.groupOrder - b.config.sequence.groupOrder || a.name.localeCompare(b.name)

/** The order of files: project after project, in each the longest first, the others as ever. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const asEver = await super.sort(files)
    return asEver.toSorted((a, b) => byProject(a, b) || place(a) - place(b))
  }
}
