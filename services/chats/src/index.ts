import { setTimeout as sleep } from 'node:timers/promises'
import { ChatsInternalService } from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, DependencyError, defineService } from '@veche/service-kit'
import { chatResealer } from './append/reseal-chat.ts'
import { type ChatsContext, createContext } from './context.ts'
import { migrations } from './database/migrations.ts'
import { startMaintenance } from './maintenance.ts'
import { chatsService } from './routes/chats-service.ts'
import { internalService } from './routes/internal-service.ts'

const rpcs = ChatsService.method
const ACCOUNTS_RETRY_MS = 1000

/** The delivery service: private chats and groups, their logs, and the stream of each device. Owns the schema `chats`. */
export const chats = defineService({
  name: 'chats',
  needs: ['accounts'],
  tells: ['directory'],
  settings: {},
  migrations,
  // A column's STORAGE is said where its table is made.
  oldestPostgres: 16,
  publicRpcs: [],
  largeRpcs: [rpcs.append, rpcs.createChat, rpcs.createGroup, rpcs.joinGroup, rpcs.resetChat],
  growingRpcs: [
    rpcs.append,
    rpcs.createChat,
    rpcs.createGroup,
    rpcs.requestChat,
    rpcs.requestMember,
    rpcs.leaveGroup,
    rpcs.requestJoin,
    rpcs.requestReplacement,
    rpcs.resetChat,
    rpcs.joinGroup,
  ],
  async create(serviceContext) {
    const context = await createContext(serviceContext)
    const maintenance = startMaintenance(context, serviceContext.log)
    return {
      routes(router) {
        router.service(ChatsService, chatsService(context))
      },
      internalRoutes(router) {
        router.service(ChatsInternalService, internalService(context))
      },
      resealers: [chatResealer(context)],
      async start(signal) {
        await tellGrantKey(context, signal)
        await context.hub.start()
        await context.signals.start()
        await context.notices.tell() // of whom a crash has left untold
        await context.endings.start()
        context.sweep.start()
      },
      async drain() {
        context.signals.stop()
        context.hub.stop()
      },
      async stop() {
        await maintenance.stop()
        await context.endings.stop()
        await context.sweep.stop()
        await context.notices.close()
        await context.arrivals.close()
        await context.acknowledgements.settled()
        await context.writer.close()
      },
    }
  },
})

/** Services start in any order: until accounts answers, this one waits. */
async function tellGrantKey({ accounts, grantKey }: ChatsContext, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await accounts.setGrantKey({ publicKey: grantKey.publicKey }, { signal })
      return
    } catch (error) {
      if (!(error instanceof DependencyError) || error.code !== Code.Unavailable) throw error
      await sleep(ACCOUNTS_RETRY_MS, undefined, { signal })
    }
  }
}
