/** What the account's owner decides about being reached. */
import type { Member } from './member.ts'
import {
  ACCEPTANCE,
  type Acceptance,
  type Settings,
  toSettings,
  VISIBILITY,
  type Visibility,
} from './views.ts'

export class OwnSettings {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  async get(): Promise<Settings> {
    return toSettings(await this.#member().server.accounts.getOwnAccount({}))
  }

  /** Who may start a chat with the account (M11). */
  async setAcceptance(policy: Acceptance): Promise<Settings> {
    return toSettings(await this.#member().server.accounts.updateSettings({ acceptance: ACCEPTANCE[policy] }))
  }

  /** Whether search shows the account (M12). */
  async setVisibility(visibility: Visibility): Promise<Settings> {
    const request = { visibility: VISIBILITY[visibility] }
    return toSettings(await this.#member().server.accounts.updateSettings(request))
  }
}
