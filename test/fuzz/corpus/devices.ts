import type { DevicesCase } from '../surfaces/devices.ts'

export const corpus: Record<string, DevicesCase> = {}
