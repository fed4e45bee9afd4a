import { answerer } from '../../bench/calls.ts'
import { createSoakCrowd } from './crowd.ts'

answerer(process, createSoakCrowd())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
