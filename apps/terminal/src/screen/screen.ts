/** `veche` without a command, in a terminal: the screen. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { hostCommands } from '../host-commands.ts'
import { type MemberProfile, readyAccount, withOwnProfile } from '../profile.ts'
import { Conductor } from './conductor.ts'
import { openSurface } from './surface.ts'

export async function run(context: Context): Promise<ExitCode> {
  // A host's terminal is a socket; and nobody shares a screen.
  if (context.hosted !== undefined) throw new Failure('profile_held', exitCode.profile)
  return withOwnProfile(context, async (profile) => {
    await talk(context, { ...profile, account: readyAccount(profile.client) })
    return exitCode.done
  })
}

async function talk(context: Context, profile: MemberProfile): Promise<void> {
  const { terminal } = context
  const surface = openSurface(terminal.tty!, !terminal.env.NO_COLOR, {
    onKeys: (keys) => {
      for (const key of keys) conductor.take({ kind: 'key', key })
    },
    onResize: (size) => conductor.take({ kind: 'resized', size }),
  })
  const conductor = new Conductor(profile, {
    surface,
    language: context.language,
    keepLanguage: async () => {},
  })
  const host = await hostCommands(context, profile)
  try {
    await Promise.race([conductor.run(terminal.interrupted), surface.failed])
  } finally {
    await surface.close()
    await host?.close()
  }
}
