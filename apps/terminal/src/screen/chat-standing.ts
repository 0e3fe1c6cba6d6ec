import type { ChatStanding } from '@veche/client'

/** Whether something can be written in a chat of this standing. */
export function isWritable(standing: ChatStanding): boolean {
  return standing === 'open' || standing === 'creating'
}
