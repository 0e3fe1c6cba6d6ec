import { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import type { findGoodCode, GoodCode, useCode } from '../database/registration-codes.ts'
import { findRegistrationPolicy } from '../database/registration-setting.ts'
import { hashRegistrationCode, parseRegistrationCode } from './code.ts'

export interface AdmissionTerms {
  /** What holds where no administrator has set another policy. */
  readonly configured: RegistrationPolicy
  readonly nowMs: number
}

/**
 * Lets somebody register, or not (M24). The administrator's one-time code works under every policy. A code that is
 * given must be good, also where none is needed: it may be the administrator's.
 * @param redeem looks the code up, or uses up one use of it
 * @throws RpcError PERMISSION_DENIED registration_closed or code_invalid
 */
export async function admit(
  database: Queryable,
  { configured, nowMs }: AdmissionTerms,
  codeText: string,
  redeem: typeof findGoodCode | typeof useCode,
): Promise<GoodCode> {
  const policy = (await findRegistrationPolicy(database)) ?? configured
  const code = parseRegistrationCode(codeText)
  const good = code && (await redeem(database, hashRegistrationCode(code), nowMs))
  if (good?.administrator) return good
  if (policy === RegistrationPolicy.CLOSED) throw new RpcError(Code.PermissionDenied, 'registration_closed')
  if (policy === RegistrationPolicy.OPEN && codeText === '') return { administrator: false }
  if (good === undefined) throw new RpcError(Code.PermissionDenied, 'code_invalid')
  return good
}
