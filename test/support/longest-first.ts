import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that wait for half a minute and more. Begun last, they would have all workers but their own idle at the end. */
const LONGEST = [
  'faults/long',
  'faults/cluster',
  'integration/protocol/messages',
  'integration/redis-modes/sentinel',
  'integration/redis-modes/cluster',
  'integration/deployments',
  'integration/deploy',
  'integration/feeds',
  'integration/start',
].map((name) => `/test/${name}.test.ts`)

const place = ({ moduleId }: TestSpecification): number => {
  const found = LONGEST.findIndex((file) => moduleId.endsWith(file))
  return found < 0 ? LONGEST.length : found
}

/** The order of files within what runs at a time: the longest first, then as ever. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const asEver = await super.sort(files)
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder
    return asEver.toSorted((a, b) => group(a) - group(b) || place(a) - place(b))
  }
}
