/** Runs the server until it is asked to stop. Its settings are its own: `--help` lists them as they are declared. */
import { serve, services, settingsOf } from '@veche/app-server'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { describeSettings } from '../help.ts'
import { qrText } from '../qr-text.ts'

interface ServeOptions {
  readonly help?: true
  readonly services?: string
}

export async function run(context: Context, options: ServeOptions, command: Command): Promise<ExitCode> {
  const { language, terminal } = context
  if (options.help) describeSettings(command, settingsOf(services), context).help()
  const { services: named } = options
  if (named?.trim() === '') throw wrongUse('missing_value', '--services') // as a setting it would mean all
  return serve({
    env: { ...terminal.env, VECHE_LANG: language, ...(named !== undefined && { VECHE_SERVICES: named }) },
    print: (text) => void terminal.write(`${text}\n`),
    drawQr: (link) => qrText({ qr: link }, terminal),
    printError: (text) => terminal.complain(`${text}\n`),
  })
}
