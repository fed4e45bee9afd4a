import type { PacketsCase } from '../surfaces/packets.ts'

const afterConnect = (...texts: string[]): PacketsCase => ({
  patient: true,
  packets: ['40', ...texts].map((text) => ({ text })),
})

export const corpus: Record<string, PacketsCase> = {
  'arguments-100000': afterConnect(`42["x"${',0'.repeat(100_000)}]`),
  'arguments-240000-answered': afterConnect(`421["watch"${',0'.repeat(240_000)}]`),
  'names-of-the-emitter': afterConnect('42["error",{}]', '42["__proto__",{}]', '42["constructor",{}]'),
}
