import { answerer } from '../calls.ts'
import { createFeed } from './feed.ts'

answerer(process, createFeed())
// Keeps the process alive between runs; the leash ends it with its parent.
setInterval(() => {}, 60_000)
