import { answerer } from '../calls.ts'
import { createViews } from './views.ts'

answerer(process, createViews())
// Keeps the process alive between runs; the leash ends it with its parent.
setInterval(() => {}, 60_000)
