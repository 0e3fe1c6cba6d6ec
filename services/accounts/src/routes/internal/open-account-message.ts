import { create } from '@bufbuild/protobuf'
import { AccountId } from '@veche/protocol'
import {
  type OpenAccount as OpenAccountMessage,
  OpenAccountSchema,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { OpenAccount } from '../../database/accounts.ts'

/** What search shows of an account, as it goes over the wire. */
export function openAccountMessage({ accountId, accountKey, ...shown }: OpenAccount): OpenAccountMessage {
  const id = AccountId.toBytes(accountId)
  return create(OpenAccountSchema, { accountId: id, accountKey: Uint8Array.from(accountKey), ...shown })
}
