import { answerer } from '../calls.ts'
import { createIngest } from './ingest.ts'

answerer(process, createIngest())
// Keeps the process alive between runs; the leash ends it with its parent.
setInterval(() => {}, 60_000)
