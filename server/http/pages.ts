import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { type Reply, tagOf } from './reply.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
const YEAR_S = 31_536_000

/**
 * The built dashboard by path, read once: a file is found by its exact path or not at all, and is sent from memory. Files below
 * `/assets` have their contents in their names. Empty where it was not built.
 */
export const readPages = (folder: string): ReadonlyMap<string, Reply> => {
  const pages = new Map<string, Reply>()
  for (const entry of filesOf(folder)) {
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    const body = readFileSync(file)
    const headers = {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Cache-Control': path.startsWith('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'public, max-age=0',
      'Accept-Ranges': 'bytes',
      ETag: tagOf(body),
    }
    pages.set(path, { status: 200, headers, body })
    if (path === '/index.html') pages.set('/', { status: 200, headers, body })
  }
  return pages
}

const filesOf = (folder: string) => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
