/** Runs the server until it is asked to stop. Its settings are its own: `--help` lists them as they are declared. */
import { serve, services, settingsOf } from '@veche/app-server'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { describeSettings } from '../help.ts'

interface ServeOptions {
  readonly help?: true
}

export async function run(context: Context, options: ServeOptions, command: Command): Promise<ExitCode> {
  const { language, terminal } = context
  if (options.help) describeSettings(command, settingsOf(services), context).help()
  return serve({
    env: { ...terminal.env, VECHE_LANG: language },
    print: (text) => void terminal.write(`${text}\n`),
    printError: (text) => terminal.complain(`${text}\n`),
  })
}
