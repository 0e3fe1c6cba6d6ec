/**
 * Another recovery sheet. Its words are stored before the server learns of it, and a retry sends the same bytes: at any
 * moment either the sheet before is good, or the new one is and this device has it.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, encodeMessage, labelled } from '@veche/protocol'
import {
  ChangeRecoveryCodeRequestSchema,
  RecoveryCodeStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { type NewSheet, NewSheetSchema } from '@veche/protocol/gen/local/v1/device_pb.js'
import { RefusedError } from '@veche/sync'
import type { Member } from './member.ts'
import { makeRecoveryCode } from './new-credentials.ts'
import type { PasswordProof } from './password-proof.ts'

/** @throws RefusedError; UnreachableError, after which `finishNewSheet` goes on */
export async function makeNewSheet(member: Member, { token, account }: PasswordProof): Promise<void> {
  await finishNewSheet(member)
  const { words, recoveryCode } = await makeRecoveryCode(account)
  const accountId = AccountId.toBytes(account.accountId)
  const statement = encodeMessage(
    RecoveryCodeStatementSchema,
    create(RecoveryCodeStatementSchema, { accountId, loginToken: token, recoveryCode }),
  )
  const { serverIdentityKey } = member.profile
  const signature = await account.sign(labelled('veche recovery code proof v1', serverIdentityKey, statement))
  const newSheet = create(NewSheetSchema, { request: { statement, signature }, recovery: words })
  await member.store.store({ case: 'newSheet', value: newSheet })
  await send(member, newSheet)
}

/** What the server has refused has changed nothing: the sheet before stays good. @throws UnreachableError */
export async function finishNewSheet(member: Member): Promise<void> {
  const { newSheet } = member.store.state
  if (!newSheet) return
  try {
    await send(member, newSheet)
  } catch (error) {
    if (!(error instanceof RefusedError) || error.retryAfterMs > 0) throw error
  }
}

async function send({ server: { accounts }, store }: Member, { request, recovery }: NewSheet): Promise<void> {
  const ended = { case: 'newSheetEnded', value: {} } as const
  try {
    await accounts.changeRecoveryCode(request ?? create(ChangeRecoveryCodeRequestSchema))
  } catch (error) {
    if (error instanceof RefusedError && error.retryAfterMs === 0) await store.erase(ended)
    throw error
  }
  await store.erase({ case: 'unseenRecovery', value: recovery }, ended)
}
