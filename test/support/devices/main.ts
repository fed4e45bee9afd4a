import { answerer } from '../../bench/calls.ts'
import { createDeviceCrowd } from './crowd.ts'

answerer(process, createDeviceCrowd())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
