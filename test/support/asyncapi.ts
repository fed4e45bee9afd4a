import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { ROOT } from './environment.ts'

/** As much of JSON Schema (draft 7) as the document uses. */
export type Schema = {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  oneOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema | Schema[]
  pattern?: string
}
type Ref = { $ref: string }
type Operation = { action: string; channel: Ref; messages: Ref[]; reply?: { channel: Ref; messages: Ref[] } }
export type AsyncApi = {
  asyncapi: string
  channels: Record<string, { messages: Record<string, Ref> }>
  operations: Record<string, Operation>
  components: { messages: Record<string, { payload: Ref }>; schemas: Record<string, Schema> }
}

const SCHEMAS = '#/components/schemas/'

export const readAsyncApi = (): AsyncApi =>
  parse(readFileSync(`${ROOT}/docs/protocol.asyncapi.yaml`, 'utf8'), { strict: true, uniqueKeys: true }) as AsyncApi

/** What a reference of the document points to; throws where that is nothing. */
export const resolve = (document: AsyncApi, { $ref }: Ref): unknown => {
  let at: unknown = document
  for (const part of $ref.replace(/^#\//, '').split('/')) at = (at as Record<string, unknown> | undefined)?.[part]
  if (at === undefined) throw new Error(`${$ref} points to nothing`)
  return at
}

/** Whether values fit a schema, and which parts of the document were ever used by those that did. */
export type Coverage = {
  /** Null where `payload` is what the document says of the message, else what is wrong. */
  check: (message: string, payload: unknown) => string | null
  /** Names of all that no checked payload had: `Fix.battery`, `Gap.reason=slow`, `Segments[]|CellResync`. */
  unseen: () => string[]
}

/** A checker that keeps count of every message, schema, property, alternative and listed value of the document. */
export const createCoverage = (document: AsyncApi): Coverage => {
  const { messages, schemas } = document.components
  const definitions = JSON.parse(JSON.stringify(schemas).replaceAll(SCHEMAS, '#/definitions/')) as object
  const compiled = new Map<Schema, z.ZodType>()
  const seen = new Set<string>()

  const typeOf = (schema: Schema): z.ZodType => {
    const known = compiled.get(schema)
    if (known) return known
    const own = JSON.parse(JSON.stringify(schema).replaceAll(SCHEMAS, '#/definitions/')) as object
    const made = z.fromJSONSchema({ ...own, definitions } as never, { defaultTarget: 'draft-7' })
    compiled.set(schema, made)
    return made
  }

  /** Marks what a value that fits uses of a schema. */
  const mark = (name: string, schema: Schema, value: unknown): void => {
    if (schema.$ref !== undefined) {
      mark(schema.$ref.slice(SCHEMAS.length), resolve(document, schema as Ref) as Schema, value)
      return
    }
    seen.add(name)
    if (schema.enum) seen.add(`${name}=${value}`)
    const branch = schema.oneOf?.findIndex((each) => typeOf(each).safeParse(value).success) ?? -1
    const taken = schema.oneOf?.[branch]
    if (taken) {
      seen.add(branchName(name, taken, branch))
      mark(branchName(name, taken, branch), taken, value)
    }
    if (Array.isArray(schema.items))
      for (const [i, each] of schema.items.entries()) mark(`${name}[${i}]`, each, (value as unknown[])[i])
    else if (schema.items) for (const each of value as []) mark(`${name}[]`, schema.items, each)
    if (typeof value !== 'object' || value === null) return
    for (const [key, each] of Object.entries(value)) {
      const property = schema.properties?.[key]
      if (property) seen.add(`${name}.${key}`)
      if (property) mark(`${name}.${key}`, property, each)
      else if (typeof schema.additionalProperties === 'object') mark(`${name}.*`, schema.additionalProperties, each)
    }
  }

  return {
    check: (message, payload) => {
      const schema = messages[message]?.payload
      if (!schema) return `the document has no message ${message}`
      const read = typeOf(schema).safeParse(payload)
      if (!read.success) return z.prettifyError(read.error)
      seen.add(message)
      mark(message, schema, payload)
      return null
    },
    unseen: () => [...parts(document)].filter((name) => !seen.has(name)),
  }
}

const branchName = (name: string, schema: Schema, place: number): string =>
  `${name}|${schema.$ref?.slice(SCHEMAS.length) ?? schema.type ?? place}${schema.required ? `(${schema.required})` : ''}`

/** The names of everything that a payload can use. */
const parts = function* ({ components }: AsyncApi): Generator<string> {
  yield* Object.keys(components.messages)
  for (const [name, schema] of Object.entries(components.schemas)) yield* partsOf(name, schema)
}

const partsOf = function* (name: string, schema: Schema): Generator<string> {
  if (schema.$ref !== undefined) return
  yield name
  for (const value of schema.enum ?? []) yield `${name}=${value}`
  for (const [place, each] of (schema.oneOf ?? []).entries()) {
    yield branchName(name, each, place)
    yield* partsOf(branchName(name, each, place), each)
  }
  for (const [key, each] of Object.entries(schema.properties ?? {})) {
    yield `${name}.${key}`
    yield* partsOf(`${name}.${key}`, each)
  }
  if (schema.items && !Array.isArray(schema.items)) yield* partsOf(`${name}[]`, schema.items)
  if (typeof schema.additionalProperties === 'object') yield* partsOf(`${name}.*`, schema.additionalProperties)
}
