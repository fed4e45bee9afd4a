import { answerer } from '../calls.ts'
import { createFleetFeed } from './fleet.ts'

answerer(process, createFleetFeed())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
