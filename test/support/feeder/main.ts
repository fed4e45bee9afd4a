import { answerer } from '../../bench/calls.ts'
import { createFeeder } from './feeder.ts'
import { createRecordedFeed } from './recorded.ts'

answerer(process, { ...createFeeder(), ...createRecordedFeed() })
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
