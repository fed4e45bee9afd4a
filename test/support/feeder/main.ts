import { answerer } from '../../bench/calls.ts'
import { createFeeder } from './feeder.ts'

answerer(process, createFeeder())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
