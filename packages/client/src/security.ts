/** What keeps the account its owner's: the recovery sheet. */
import type { Member } from './member.ts'
import type { RecoverySheet } from './recovery-sheet.ts'

export class Security {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /** The sheet, until its owner has it in hand; from local state. A program that dies before it was shown loses none. */
  recoverySheet(): RecoverySheet | undefined {
    const { profile, store } = this.#member()
    const words = store.state.unseenRecovery
    return words === '' ? undefined : { server: profile.server, handle: profile.handle, words }
  }

  /** The owner has the sheet on paper or in a file: the words are forgotten here, and overwritten. */
  async sheetSeen(): Promise<void> {
    const { store } = this.#member()
    if (store.state.unseenRecovery !== '') await store.erase({ case: 'unseenRecovery', value: '' })
  }
}
