import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { RequestHandler } from 'express'
import { workOf } from './handler.ts'
import { createLately } from './lately.ts'
import { sendTagged } from './reply.ts'

const MOST_BYTES = 16 * 1024 * 1024
/** A file may have been built anew after so long, in milliseconds. */
const SAME_MS = 5000
/** Names as the build gives them: nothing that leads out of the folder, nothing hidden. */
const NAME = /^(\/\w[\w.-]*)+$/

/**
 * Sends the files of a folder from memory: reading a file for each request takes longer than all else. The next handler
 * gets requests for other files, and for parts of files.
 */
export const keptFiles = (folder: string, cacheControl: string, now: () => number): RequestHandler => {
  const lately = createLately(MOST_BYTES, SAME_MS, now)
  return async (request, response, next) => {
    const name = request.path === '/' ? '/index.html' : request.path
    if (request.headers.range !== undefined || !NAME.test(name)) return next()
    const file = await lately(name, () => readFile(join(folder, name))).catch(() => null)
    if (file === null) return next()
    response.type(extname(name))
    await workOf(response)(() => sendTagged(response, file, cacheControl))
  }
}
