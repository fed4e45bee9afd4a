import { answerer } from '../calls.ts'
import { createDevices } from './crowd.ts'

answerer(process, createDevices())
// Keeps the process alive between runs; the leash ends it with its parent.
setInterval(() => {}, 60_000)
