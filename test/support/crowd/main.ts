import { answerer } from '../../bench/calls.ts'
import { createCrowd } from './crowd.ts'

answerer(process, createCrowd())
// Keeps the process alive between clients; the leash ends it with its parent.
setInterval(() => {}, 60_000)
