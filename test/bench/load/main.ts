import { answerer } from '../calls.ts'
import { createLoad } from './load.ts'

answerer(process, createLoad(Math.random))
// Keeps the process alive between clients; the leash ends it with its parent.
setInterval(() => {}, 60_000)
