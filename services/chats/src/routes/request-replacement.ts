import { create } from '@bufbuild/protobuf'
import { ReplacementSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { principalOf } from '@veche/service-kit'
import { requestReplacement as request } from '../devices/request-replacement.ts'
import { ensureWithin, replacementsPerDevice } from '../limits.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const requestReplacement: Route<'requestReplacement'> =
  (context) =>
  async ({ chatId, replacement }, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(context.limiter, replacementsPerDevice, `${accountId} ${deviceId}`)
    const wish = replacement ?? create(ReplacementSchema)
    await request(context, { accountId, deviceId }, readChatId(chatId), wish)
    return {}
  }
