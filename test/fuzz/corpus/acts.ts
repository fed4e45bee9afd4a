import type { ActsCase } from '../surfaces/acts.ts'

export const corpus: Record<string, ActsCase> = {}
