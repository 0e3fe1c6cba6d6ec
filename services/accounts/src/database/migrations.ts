import type { Migration } from '@veche/service-kit'
import { account } from './migrations/account.ts'
import { accountBackup } from './migrations/account-backup.ts'
import { block } from './migrations/block.ts'
import { dataKey, movedDataKey } from './migrations/data-key.ts'
import { device } from './migrations/device.ts'
import { deviceEnding } from './migrations/device-ending.ts'
import { handleBlock } from './migrations/handle-block.ts'
import { historyKey } from './migrations/history-key.ts'
import { keyPackage } from './migrations/key-package.ts'
import { keyPackageClaim } from './migrations/key-package-claim.ts'
import { lastResortKeyPackage } from './migrations/last-resort-key-package.ts'
import { loginGuess } from './migrations/login-guess.ts'
import { opaqueRecord } from './migrations/opaque-record.ts'
import { registrationCode } from './migrations/registration-code.ts'
import { registrationSetting } from './migrations/registration-setting.ts'
import { serverSecret } from './migrations/server-secret.ts'
import { silence } from './migrations/silence.ts'
import { spentKeyPackage } from './migrations/spent-key-package.ts'

/** In the order in which they run. */
export const migrations: readonly Migration[] = [
  serverSecret,
  account,
  opaqueRecord,
  accountBackup,
  device,
  keyPackage,
  lastResortKeyPackage,
  spentKeyPackage,
  keyPackageClaim,
  block,
  registrationCode,
  registrationSetting,
  loginGuess,
  handleBlock,
  dataKey,
  movedDataKey,
  deviceEnding,
  historyKey,
  silence,
]
