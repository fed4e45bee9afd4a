import type { DoorsCase } from '../surfaces/doors.ts'

export const corpus: Record<string, DoorsCase> = {}
