import { answerer } from '../../bench/calls.ts'
import { createReader } from './reader.ts'

const [folder = '.'] = process.argv.slice(2)
answerer(process, createReader(folder))
// Keeps the process alive between calls; the leash ends it with its parent.
setInterval(() => {}, 60_000)
