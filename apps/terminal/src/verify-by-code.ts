/** Comparing accounts by the code that a scanner read off the other's screen (attacks A2, A4). */
import type { Client } from '@veche/client'
import { exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'

/** Returns when they match. @throws Failure that says what else it is */
export async function verifyByCode(client: Client, handle: string, scanned: string): Promise<void> {
  const verdict = await client.people.verifyByCode(handle, scanned)
  switch (verdict.kind) {
    case 'match':
      return
    case 'differs':
      throw new Failure('codes_differ', exitCode.refused, `@${handle}`)
    case 'own':
      throw wrongUse('own_code')
    case 'other-kind':
      throw wrongUse(`${verdict.code}_code`)
    case 'newer':
      throw wrongUse('newer_code')
    case 'none':
      throw wrongUse('no_code')
    default:
      return verdict satisfies never
  }
}
