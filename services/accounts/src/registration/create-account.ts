import { equalBytes } from '@veche/protocol'
import { Code, type Database, type Queryable, RpcError } from '@veche/service-kit'
import { insertAccountBackup } from '../database/account-backups.ts'
import { findAccount, insertAccount, lockAccountId } from '../database/accounts.ts'
import { insertDevice } from '../database/devices.ts'
import { insertOpaqueRecord } from '../database/opaque-records.ts'
import { useCode } from '../database/registration-codes.ts'
import { dayOf } from '../day.ts'
import { displayNameFault } from '../names/display-name.ts'
import { type Handle, handleSkeleton } from '../names/handle.ts'
import { readHandle } from '../request-fields.ts'
import { type AdmissionTerms, admit } from './admission.ts'
import { ensureHandleAvailable, handleTaken } from './available-handle.ts'
import type { Registration } from './statement.ts'

export interface CreatedAccount {
  readonly administrator: boolean
}

/**
 * Makes an account with its first device and uses up one use of its code: all of it, or nothing. The same statement
 * again gives the account that it made.
 * @throws RpcError as FinishRegistration names them
 */
export async function createAccount(
  database: Database,
  registration: Registration,
  codeText: string,
  terms: AdmissionTerms,
): Promise<CreatedAccount> {
  const handle = readHandle(registration.handle)
  if (displayNameFault(registration.displayName) !== undefined) {
    throw new RpcError(Code.InvalidArgument, 'name_invalid')
  }
  const { accountId } = registration.device
  return database.transaction(async (transaction) => {
    await lockAccountId(transaction, accountId)
    const made = await findAccount(transaction, accountId)
    if (made !== undefined) {
      if (!equalBytes(made.statementHash, registration.statementHash)) throw handleTaken()
      return { administrator: made.administrator }
    }
    const { administrator } = await admit(transaction, terms, codeText, useCode)
    await ensureHandleAvailable(transaction, handle)
    await insertRegistration(transaction, registration, handle, administrator, terms.nowMs)
    return { administrator }
  })
}

async function insertRegistration(
  transaction: Queryable,
  registration: Registration,
  handle: Handle,
  administrator: boolean,
  nowMs: number,
): Promise<void> {
  const { accountKey, displayName, statementHash, backup, device } = registration
  const { accountId } = device
  const inserted = await insertAccount(transaction, {
    accountId,
    accountKey,
    handle,
    handleSkeleton: handleSkeleton(handle),
    displayName,
    administrator,
    statementHash,
  })
  if (!inserted) throw handleTaken() // by another registration at the same time
  await insertOpaqueRecord(transaction, {
    accountId,
    opaqueVersion: registration.opaqueVersion,
    record: registration.opaqueRecord,
  })
  await insertAccountBackup(transaction, backup)
  await insertDevice(transaction, device, dayOf(nowMs))
}
