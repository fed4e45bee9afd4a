import { answerer } from '../../bench/calls.ts'
import { createWitness } from './witness.ts'

answerer(process, createWitness())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
