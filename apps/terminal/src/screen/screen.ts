/** `veche` without a command, in a terminal: the screen, from nothing to talking. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { hostCommands } from '../host-commands.ts'
import { type MemberProfile, profileFolder, readyAccount, withOwnProfile } from '../profile.ts'
import type { Language } from '../words/language.ts'
import { Conductor } from './conductor.ts'
import type { Begun } from './entrance.ts'
import { passGate } from './gate.ts'
import { readLanguage, writeLanguage } from './language-choice.ts'
import { openSurface, type Surface } from './surface.ts'

export async function run(context: Context): Promise<ExitCode> {
  // A host's terminal is a socket; and nobody shares a screen.
  if (context.hosted !== undefined) throw new Failure('profile_held', exitCode.profile)
  const screen = new Screen(context)
  try {
    return await screen.run()
  } finally {
    await screen.close()
  }
}

class Screen {
  readonly #context: Context
  readonly #folder: string
  #surface: Surface | undefined
  #language: Language

  constructor(context: Context) {
    this.#context = context
    this.#folder = profileFolder(context)
    this.#language = context.language
  }

  async run(): Promise<ExitCode> {
    for (;;) {
      let begun: Begun = { kind: 'nothing' }
      let hasAccount = false
      await withOwnProfile(this.#context, async (profile) => {
        await this.#chooseLanguage()
        const { account } = profile.client
        if (account.kind === 'registering') begun = { kind: 'registering', handle: account.handle }
        hasAccount = account.kind === 'ready'
        if (hasAccount) await this.#welcome({ ...profile, account: readyAccount(profile.client) })
        return exitCode.done
      })
      if (hasAccount || !(await this.#pass(begun))) return exitCode.done
    }
  }

  /** The recovery words come before all else, until they are written down. */
  async #welcome(profile: MemberProfile): Promise<void> {
    const { security } = profile.client
    const sheet = security.recoverySheet()
    if (sheet !== undefined) {
      const { handle, words } = sheet
      if (!(await this.#pass({ kind: 'sheet', handle, words }))) return
      await security.sheetSeen()
    }
    await this.#talk(profile)
  }

  async close(): Promise<void> {
    await this.#surface?.close()
  }

  /** A wish in the environment goes before what was chosen on the screen, and that before the locale. */
  async #chooseLanguage(): Promise<void> {
    if (this.#surface !== undefined || this.#context.terminal.env.VECHE_LANG) return
    this.#language = (await readLanguage(this.#folder)) ?? this.#language
  }

  /** Opened only when there is something to show: until then, what goes wrong is told as by any command. */
  #open(): Surface {
    const { env, tty } = this.#context.terminal
    this.#surface ??= openSurface(tty!, !env.NO_COLOR)
    return this.#surface
  }

  /** @returns whether the person went on */
  async #pass(begun: Begun): Promise<boolean> {
    const surface = this.#open()
    const keepLanguage = (language: Language) => writeLanguage(this.#folder, language)
    const passed = passGate({
      context: this.#context,
      surface,
      language: this.#language,
      begun,
      keepLanguage,
    })
    const language = await Promise.race([passed, surface.failed])
    this.#language = language ?? this.#language
    return language !== undefined
  }

  async #talk(profile: MemberProfile): Promise<void> {
    const surface = this.#open()
    const conductor = new Conductor(profile, {
      surface,
      language: this.#language,
      keepLanguage: (language) => writeLanguage(this.#folder, language),
    })
    const host = await hostCommands(this.#context, profile)
    try {
      await Promise.race([conductor.run(this.#context.terminal.interrupted), surface.failed])
    } finally {
      await host?.close()
    }
  }
}
