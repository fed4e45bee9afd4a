import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readConfig } from '../../../server/config.ts'
import { text } from '../../support/compose.ts'
import { ROOT } from '../../support/environment.ts'

type Probe = { httpGet: { path: string; port: string } }
type Container = {
  ports?: { name: string; containerPort: number }[]
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[]
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  command?: string[]
  resources: { requests: object; limits: { memory: string } }
  securityContext: object
}
type Manifest = {
  kind: string
  metadata: { name: string }
  data: Record<string, string>
  spec: {
    selector: { matchLabels?: Record<string, string> } & Record<string, unknown>
    ports: { name: string; targetPort: string }[]
    template: {
      metadata: { labels: Record<string, string> }
      spec: { containers: Container[]; terminationGracePeriodSeconds: number; securityContext: object }
    }
    rules: { http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] } }[]
  }
}

const FOLDER = 'deploy/kubernetes'
const all = readdirSync(join(ROOT, FOLDER)).flatMap((name) =>
  parseAllDocuments(text(`${FOLDER}/${name}`)).map((document) => {
    expect(document.errors, name).toEqual([])
    return document.toJS() as Manifest
  }),
)
const of = (kind: string): Manifest[] => all.filter((each) => each.kind === kind)
const named = (kind: string, name: string): Manifest => {
  const found = of(kind).find(({ metadata }) => metadata.name === name)
  if (!found) throw new Error(`no ${kind} ${name}`)
  return found
}
const podOf = (manifest: Manifest) => manifest.spec.template.spec
const node = named('Deployment', 'watchfloor-node')
const [container] = podOf(node).containers as [Container]
const settings = named('ConfigMap', 'watchfloor').data

describe('deploy/kubernetes', () => {
  it('gives nodes settings that a node takes', () => {
    const given = Object.fromEntries(container.env.map(({ name, value }) => [name, value ?? '']))
    expect(readConfig({ HOST: '0.0.0.0', ...given, ...settings }).ACCESS).toEqual(['invitations'])
  })

  it('asks where a node says how it is', () => {
    const port = container.ports?.[0]
    expect(port).toEqual({ name: 'http', containerPort: 3000 })
    const asked = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(
      (each) => each?.httpGet,
    )
    const paths = ['/healthz', '/healthz', '/readyz']
    expect(asked).toEqual(paths.map((path) => ({ path, port: 'http' })))
  })

  it('leaves a node the time to drain', () => {
    const needed = Number(settings.DRAIN_MS) / 1000 + 12
    expect(podOf(node).terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed)
  })

  it('selects pods that there are', () => {
    const labels = of('Deployment').map(({ spec }) => spec.template.metadata.labels)
    for (const { kind, spec } of all.filter(({ kind }) => /Deployment|Service|Budget/.test(kind)))
      expect(labels, kind).toContainEqual(spec.selector.matchLabels ?? spec.selector)
  })

  it('leads from the ingress to nodes', () => {
    for (const { http } of named('Ingress', 'watchfloor').spec.rules)
      for (const { backend } of http.paths) {
        const { ports } = named('Service', backend.service.name).spec
        expect(ports.map(({ name }) => name)).toContain(backend.service.port.name)
        expect(ports.map(({ targetPort }) => targetPort)).toEqual(['http'])
      }
  })

  it.each(of('Deployment').map((each) => [each.metadata.name, podOf(each)] as const))('confines %s', (_name, pod) => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    for (const { securityContext, resources, env } of pod.containers) {
      expect(securityContext).toEqual({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      })
      expect(resources.limits.memory).toMatch(/^\d+[MG]i$/)
      // A password is never in a manifest.
      expect(env.find(({ name }) => name === 'REDIS_URL')?.valueFrom?.secretKeyRef).toEqual({
        name: 'watchfloor',
        key: 'redis-url',
      })
    }
  })
})
