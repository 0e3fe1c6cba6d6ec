import type { ServiceImpl } from '@connectrpc/connect'
import type { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { AccountsContext } from '../context.ts'
import { addHistoryKeys } from './accounts/add-history-keys.ts'
import { answerOffer } from './accounts/answer-offer.ts'
import { awaitAnswer } from './accounts/await-answer.ts'
import { awaitOffer } from './accounts/await-offer.ts'
import { blockAccount } from './accounts/block-account.ts'
import { changePassword } from './accounts/change-password.ts'
import { changeRecoveryCode } from './accounts/change-recovery-code.ts'
import { claimKeyPackages } from './accounts/claim-key-packages.ts'
import { createAccessToken } from './accounts/create-access-token.ts'
import { createChallenge } from './accounts/create-challenge.ts'
import { enrolDevice } from './accounts/enrol-device.ts'
import { finishLogin } from './accounts/finish-login.ts'
import { finishRecovery } from './accounts/finish-recovery.ts'
import { finishRegistration } from './accounts/finish-registration.ts'
import { getOwnAccount } from './accounts/get-own-account.ts'
import { getServer } from './accounts/get-server.ts'
import { listBlocked } from './accounts/list-blocked.ts'
import { listDevices } from './accounts/list-devices.ts'
import { listHistoryKeys } from './accounts/list-history-keys.ts'
import { offerDevice } from './accounts/offer-device.ts'
import { openLinking } from './accounts/open-linking.ts'
import { removeOwnDevice } from './accounts/remove-own-device.ts'
import { revokeDevices } from './accounts/revoke-devices.ts'
import { startLogin } from './accounts/start-login.ts'
import { startPasswordChange } from './accounts/start-password-change.ts'
import { startRecovery } from './accounts/start-recovery.ts'
import { startRegistration } from './accounts/start-registration.ts'
import { unblockAccount } from './accounts/unblock-account.ts'
import { updateSettings } from './accounts/update-settings.ts'
import { uploadKeyPackages } from './accounts/upload-key-packages.ts'

export function accountsService(context: AccountsContext) {
  return {
    getServer: getServer(context),
    startRegistration: startRegistration(context),
    finishRegistration: finishRegistration(context),
    startLogin: startLogin(context),
    finishLogin: finishLogin(context),
    enrolDevice: enrolDevice(context),
    revokeDevices: revokeDevices(context),
    startRecovery: startRecovery(context),
    finishRecovery: finishRecovery(context),
    startPasswordChange: startPasswordChange(context),
    changePassword: changePassword(context),
    changeRecoveryCode: changeRecoveryCode(context),
    createChallenge: createChallenge(context),
    createAccessToken: createAccessToken(context),
    getOwnAccount: getOwnAccount(context),
    updateSettings: updateSettings(context),
    listDevices: listDevices(context),
    removeOwnDevice: removeOwnDevice(context),
    uploadKeyPackages: uploadKeyPackages(context),
    claimKeyPackages: claimKeyPackages(context),
    blockAccount: blockAccount(context),
    unblockAccount: unblockAccount(context),
    listBlocked: listBlocked(context),
    openLinking: openLinking(context),
    offerDevice: offerDevice(context),
    awaitOffer: awaitOffer(context),
    answerOffer: answerOffer(context),
    awaitAnswer: awaitAnswer(context),
    addHistoryKeys: addHistoryKeys(context),
    listHistoryKeys: listHistoryKeys(context),
  } satisfies ServiceImpl<typeof AccountsService>
}
