import type { EventsCase } from '../surfaces/events.ts'

export const corpus: Record<string, EventsCase> = {}
