import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './environment.ts'

/* What docker-compose.yml and the Dockerfile say. */

export type Service = {
  image: string
  build?: { context: string; args: string[] }
  pull_policy?: string
  profiles?: string[]
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  networks?: Record<string, { aliases?: string[]; ipv4_address?: string }>
  depends_on?: Record<string, { condition: string; required?: boolean }>
  healthcheck?: { test?: string[]; disable?: boolean }
}
export type Network = { internal?: boolean; ipam: { config: { subnet: string }[] } }
export type Compose = {
  services: Record<string, Service>
  volumes: Record<string, unknown>
  networks: Record<'default' | 'front', Network>
}

export const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
/** With the defaults of what Compose fills in from its environment. */
const asGiven = (yaml: string): string => yaml.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
// Anchors are what keeps the three profiles alike; the parser takes so many of them for an attack unless told
// otherwise.
export const { services, volumes, networks } = parse(asGiven(text('docker-compose.yml')), {
  merge: true,
  maxAliasCount: -1,
}) as Compose
export const dockerfile = text('Dockerfile')
export const instructions = (name: string): string[] =>
  dockerfile
    .split('\n')
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1))

export type Named = [name: string, service: Service]
export const inProfile = (profile: string): Named[] =>
  Object.entries(services).filter(([, { profiles }]) => profiles?.includes(profile) ?? true)
export const ownOf = (all: readonly Named[]): Named[] =>
  all.filter(([name, { image }]) => image === 'watchfloor' && name !== 'archive-password')
export const nodesOf = (all: readonly Named[]): Named[] => ownOf(all).filter(([, { command }]) => command === undefined)
/** What the network knows a service by. */
export const namesOf = ([name, { networks = {} }]: Named): string[] => [
  name,
  ...Object.values(networks).flatMap(({ aliases = [] }) => aliases),
]

export const PROFILES = {
  single: ['redis'],
  sentinel: ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'],
  cluster: ['cluster-1', 'cluster-2', 'cluster-3', 'cluster-4', 'cluster-5', 'cluster-6'],
} as const
export type Profile = keyof typeof PROFILES
