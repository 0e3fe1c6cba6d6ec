import { Code, principalOf, RpcError } from '@veche/service-kit'
import { findDevice } from '../database/devices.ts'
import { DEFAULT_LIST_ENTRIES, MAX_LIST_ENTRIES } from '../limits.ts'
import { DeviceReader } from '../stream/device-reader.ts'
import { readPosition } from './position.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const listEntries: Route<'listEntries'> =
  (context) =>
  async ({ chatId, after, limit }, call) => {
    const caller = principalOf(call)
    const chat = readChatId(chatId)
    const device = await findDevice(context.database, caller)
    const page = device && {
      after: readPosition(after),
      limit: Math.min(limit || DEFAULT_LIST_ENTRIES, MAX_LIST_ENTRIES),
    }
    const log = page && (await new DeviceReader(context, { ...caller, device }).readLog(chat, page))
    if (!log) throw new RpcError(Code.NotFound, 'chat_unknown')
    return { entries: [...log.entries], head: log.head }
  }
