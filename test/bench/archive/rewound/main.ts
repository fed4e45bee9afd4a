import { answerer } from '../../calls.ts'
import { createRewound } from './rewound.ts'

answerer(process, createRewound())
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
