import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import { DirectoryService } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import { defineService } from '@veche/service-kit'
import { createContext } from './context.ts'
import { migrations } from './database/migrations.ts'
import { startReconciling } from './reconciling.ts'
import { directoryService } from './routes/directory-service.ts'
import { internalService } from './routes/internal-service.ts'

/** Search for open accounts and groups. Owns the schema `directory`; knows nothing of closed ones. */
export const directory = defineService({
  name: 'directory',
  needs: ['accounts', 'chats'],
  settings: {},
  migrations,
  publicRpcs: [],
  create(serviceContext) {
    const context = createContext(serviceContext)
    let reconciling: ReturnType<typeof startReconciling> | undefined
    return {
      routes(router) {
        router.service(DirectoryService, directoryService(context))
      },
      internalRoutes(router) {
        router.service(DirectoryInternalService, internalService(context))
      },
      async start() {
        reconciling = startReconciling([context.index, context.groupsIndex], serviceContext.log)
      },
      async stop() {
        await reconciling?.stop()
      },
    }
  },
})
