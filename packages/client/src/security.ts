/** What keeps the account its owner's: its password, and its recovery sheet. */
import { RefusedError } from '@veche/sync'
import { changePassword, resetPassword } from './change-password.ts'
import { UsageError } from './errors.ts'
import type { Member } from './member.ts'
import { finishNewSheet, makeNewSheet } from './new-sheet.ts'
import { isWeakPassword, normalizePassword } from './password.ts'
import { askOwnServer, proveOwnPassword } from './prove-own.ts'
import type { RecoveryCode } from './recovery-code.ts'
import type { RecoverySheet } from './recovery-sheet.ts'
import type { TrustedServer } from './server-trust.ts'

export class Security {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /**
   * From now on only the new password signs in; this device stays. When the answer is lost, the same call again completes
   * it, or finds it done.
   * @throws UsageError `weak_password`, `same_password`; RefusedError `login_failed`, `too_many_calls`; UnreachableError
   */
  async changePassword({
    oldPassword,
    newPassword,
  }: {
    readonly oldPassword: string
    readonly newPassword: string
  }): Promise<void> {
    if (isWeakPassword(newPassword)) throw new UsageError('weak_password')
    if (normalizePassword(oldPassword) === normalizePassword(newPassword))
      throw new UsageError('same_password')
    const server = await askOwnServer(this.#member())
    const proof = await this.#proveEither(server, oldPassword, newPassword)
    try {
      if (proof.password === oldPassword) await changePassword(this.#member(), server, proof, newPassword)
    } finally {
      proof.account.wipe()
    }
  }

  /**
   * Sets a new password by the recovery code, where the old one is forgotten; this device stays.
   * @throws UsageError `weak_password`; RefusedError `recovery_failed`, `too_many_calls`; UnreachableError
   */
  async resetPassword(code: RecoveryCode, newPassword: string): Promise<void> {
    if (isWeakPassword(newPassword)) throw new UsageError('weak_password')
    await resetPassword(this.#member(), await askOwnServer(this.#member()), code, newPassword)
  }

  /** The sheet, until its owner has it in hand; from local state. A program that dies before it was shown loses none. */
  recoverySheet(): RecoverySheet | undefined {
    const { profile, store } = this.#member()
    const words = store.state.unseenRecovery
    return words === '' ? undefined : { server: profile.server, handle: profile.handle, words }
  }

  /** Whether there is a sheet that its owner has not got yet; from local state. */
  get isSheetDue(): boolean {
    const { unseenRecovery, newSheet } = this.#member().store.state
    return unseenRecovery !== '' || newSheet !== undefined
  }

  /** The owner has the sheet on paper or in a file: the words are forgotten here, and overwritten. */
  async sheetSeen(): Promise<void> {
    const { store } = this.#member()
    if (store.state.unseenRecovery !== '') await store.erase({ case: 'unseenRecovery', value: '' })
  }

  /**
   * A new sheet takes the place of the one before, which opens nothing any more. It is kept here until it was seen.
   * @throws RefusedError `login_failed`, `too_many_calls`; UnreachableError, after which `completeSheet` goes on
   */
  async newRecoverySheet({ password }: { readonly password: string }): Promise<RecoverySheet> {
    const member = this.#member()
    const proof = await proveOwnPassword(member, await askOwnServer(member), password)
    try {
      await makeNewSheet(member, proof)
    } finally {
      proof.account.wipe()
    }
    return this.recoverySheet()!
  }

  /** Learns what became of a new sheet whose answer was lost. @throws UnreachableError */
  async completeSheet(): Promise<void> {
    await finishNewSheet(this.#member())
  }

  /** The answer to a change may have been lost: then the new password is what holds. */
  async #proveEither(server: TrustedServer, oldPassword: string, newPassword: string) {
    try {
      return { ...(await proveOwnPassword(this.#member(), server, oldPassword)), password: oldPassword }
    } catch (error) {
      if (!(error instanceof RefusedError) || error.reason !== 'login_failed') throw error
      return { ...(await proveOwnPassword(this.#member(), server, newPassword)), password: newPassword }
    }
  }
}
