/** Shows again how people of the local network come to trust the server (its address, a QR code, what to compare). */
import { chooseWords, howToTrust, readLanPlace } from '@veche/app-server'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { explainedToOperator } from '../operator.ts'
import { qrText } from '../qr-text.ts'

export async function run({ language, output, terminal }: Context): Promise<ExitCode> {
  const place = await explainedToOperator(() => readLanPlace(terminal.env))
  if (place === undefined) throw wrongUse('no_authority')
  const drawQr = (link: string) => qrText({ qr: link }, terminal)
  const text = howToTrust(chooseWords({ VECHE_LANG: language }), place, drawQr)
  const { trustUrl, addresses, fingerprint } = place
  await output.show({ trustUrl, addresses, fingerprint }, text.trimEnd())
  return exitCode.done
}
