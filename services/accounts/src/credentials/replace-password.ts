import type { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { replacePasswordWrap } from '../database/account-backups.ts'
import { replaceOpaqueRecord } from '../database/opaque-records.ts'
import type { PasswordCredential } from './new-credentials.ts'

/** The record and what it opens go together: one without the other would lock the account. */
export async function replacePassword(
  transaction: Queryable,
  accountId: AccountId,
  { opaqueVersion, opaqueRecord, passwordWrap }: PasswordCredential,
): Promise<void> {
  await replaceOpaqueRecord(transaction, { accountId, opaqueVersion, record: opaqueRecord })
  await replacePasswordWrap(transaction, accountId, passwordWrap)
}
