/** Fetches everything that is older than this device (M16); asks for the password where keys are missing. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { absolutePaths } from '../given-values.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { withAccount } from '../profile.ts'

const CATCH_UP_MS = 10_000

export function run(context: Context, options: PasswordOptions): Promise<ExitCode> {
  const { hosted, output, terminal, words } = context
  const argv = absolutePaths(context.argv, ['--password-file'])
  return withAccount({ ...context, argv }, async ({ client }) => {
    const { archive } = client
    if (archive.needsPassword) {
      // The process that has the profile cannot ask in this terminal.
      if (hosted && options.passwordFile === undefined) throw new Failure('profile_in_use', exitCode.profile)
      await archive.fetchKeys(await readPassword(options, false, terminal, words))
    }
    if (!hosted) await client.catchUp(CATCH_UP_MS)
    const { read, total } = await archive.fetchAll(terminal.interrupted, (progress) => {
      output.remark(words.says.archiveProgress(progress.read, progress.total), {
        type: 'progress',
        ...progress,
      })
    })
    if (terminal.interrupted.aborted) return exitCode.interrupted
    const { archiveDone, archiveStopped, archiveMissing, someMessages } = words.says
    const missing = missingIn(client)
    const told = read === total ? archiveDone : archiveStopped(read, total)
    const text = missing === 0 ? told : `${told}\n${archiveMissing(someMessages(missing))}`
    await output.show({ read, total, missing }, text)
    return exitCode.done
  })
}

function missingIn(client: {
  chats(): readonly { archive?: { gaps: readonly { count: number }[] } }[]
}): number {
  const gaps = client.chats().flatMap(({ archive }) => archive?.gaps ?? [])
  return gaps.reduce((sum, { count }) => sum + count, 0)
}
