import { answerer } from '../calls.ts'
import { createChat } from './chat.ts'

answerer(process, createChat())
// Keeps the process alive between runs; the leash ends it with its parent.
setInterval(() => {}, 60_000)
