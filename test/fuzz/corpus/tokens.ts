import type { TokensCase } from '../surfaces/tokens.ts'

export const corpus: Record<string, TokensCase> = {}
