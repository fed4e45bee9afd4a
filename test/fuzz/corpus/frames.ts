import type { FramesCase } from '../surfaces/frames.ts'

export const corpus: Record<string, FramesCase> = {}
