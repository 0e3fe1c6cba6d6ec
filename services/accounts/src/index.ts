import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RegistrationService } from '@veche/protocol/gen/accounts/v1/registration_pb.js'
import { defineService } from '@veche/service-kit'
import { createContext } from './context.ts'
import { migrations } from './database/migrations.ts'
import { accountsService } from './routes/accounts-service.ts'
import { internalService } from './routes/internal-service.ts'
import { registrationService } from './routes/registration-service.ts'
import { settings } from './settings.ts'
import { startSweeping } from './sweep.ts'

const rpcs = AccountsService.method

/** Accounts and their devices. Owns the schema `accounts`; knows nothing of chats. */
export const accounts = defineService({
  name: 'accounts',
  needs: [],
  tells: ['directory'],
  settings,
  migrations,
  publicRpcs: [
    rpcs.getServer,
    rpcs.startRegistration,
    rpcs.finishRegistration,
    rpcs.startLogin,
    rpcs.finishLogin,
    rpcs.enrolDevice,
    rpcs.revokeDevices,
    rpcs.offerDevice,
    rpcs.awaitAnswer,
    rpcs.startRecovery,
    rpcs.finishRecovery,
    rpcs.startPasswordChange,
    rpcs.changePassword,
    rpcs.changeRecoveryCode,
    rpcs.createChallenge,
    rpcs.createAccessToken,
  ],
  largeRpcs: [rpcs.uploadKeyPackages],
  growingRpcs: [rpcs.startRegistration, rpcs.finishRegistration, rpcs.uploadKeyPackages, rpcs.addHistoryKeys],
  async create(serviceContext) {
    const context = await createContext(serviceContext)
    const sweeping = startSweeping(context, serviceContext.log)
    return {
      routes(router) {
        router.service(AccountsService, accountsService(context))
        router.service(RegistrationService, registrationService(context))
      },
      internalRoutes(router) {
        router.service(AccountsInternalService, internalService(context))
      },
      resealers: [context.secrets.resealer],
      start: () => sweeping.run(),
      async drain() {
        context.linkings.stop()
      },
      stop: () => sweeping.stop(),
    }
  },
})
