import { answerer } from '../../bench/calls.ts'
import { createSoakFeed } from './feed.ts'

answerer(process, createSoakFeed())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
