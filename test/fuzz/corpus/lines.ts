import type { LinesCase } from '../surfaces/lines.ts'

export const corpus: Record<string, LinesCase> = {}
