import { readdirSync, readFileSync } from 'node:fs'
import { ROOT } from './environment.ts'

/** A file of the project. */
export const text = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8')
/** All files of a folder, and of those in it, as one text. */
const folder = (path: string): string =>
  readdirSync(`${ROOT}/${path}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.lua'))
    .sort()
    .map((file) => text(`${path}/${file}`))
    .join('\n')
/** The function library in Redis, all its files. */
export const library = folder('server/redis/library')

/** The value of a number that code names, a product where it is written as one: `waitingBytes: 2 * 1024 * 1024`. */
const named = (code: string, name: string): number => {
  const [, product] = new RegExp(`\\b${name}(?: =|:) ([\\d_.e]+(?: \\* [\\d_.e]+)*)`).exec(code) ?? []
  if (product === undefined) throw new Error(`no number is called ${name} there`)
  return product.split(' * ').reduce((value, factor) => value * Number(factor.replaceAll('_', '')), 1)
}
export const inCode = (path: string, name: string): number => named(text(path), name)
export const inLua = (name: string): number => named(library, name)
/** `20,000`, as pages write numbers. */
export const grouped = (value: number): string => value.toLocaleString('en')
