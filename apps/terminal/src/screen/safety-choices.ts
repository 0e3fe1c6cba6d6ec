/** What can be done about a safety number; the view and the keys go through the same list. */
import { qrLines } from './qr-lines.ts'
import { paneSize } from './sizes.ts'
import type { Safety, Talk } from './talk-state.ts'

export type SafetyChoice = 'verify' | 'unverify' | 'draw' | 'back'

export function safetyChoices(talk: Talk, { compared, code, isDrawn }: Safety): SafetyChoice[] {
  if (compared === undefined || isDrawn) return ['back']
  const isRoom = code !== undefined && qrLines(code, paneSize(talk)) !== undefined
  return [compared.verified ? 'unverify' : 'verify', ...(isRoom ? (['draw'] as const) : []), 'back']
}
