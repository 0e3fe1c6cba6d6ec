/** Looks whether everything is in order, and says what to do where it is not; changes nothing. */
import { examineProfile, type Finding } from '@veche/client'
import manifest from '../../package.json' with { type: 'json' }
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { PassphraseSource } from '../passphrase.ts'
import { explained, profileFolder } from '../profile.ts'
import { healthText } from '../words/health-words.ts'

interface DoctorOptions {
  readonly offline?: boolean
}

/** Chats between two words on how far it is. */
const progressStep = 20

export function run(context: Context, { offline = false }: DoctorOptions): Promise<ExitCode> {
  const { language, options, output, terminal, words } = context
  const source = new PassphraseSource(terminal, words)
  return explained(context, async () => {
    let code: ExitCode = exitCode.done
    const findings = examineProfile(profileFolder(context), {
      version: manifest.version,
      offline,
      ...(options.server !== undefined && { server: options.server }),
      askPassphrase: (wasWrong) => ask(source, wasWrong),
      onProgress: (chats) => {
        if (chats % progressStep === 0) output.remark(words.says.examined(chats))
      },
    })
    for await (const finding of findings) {
      if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
      const text = healthText(finding, language)
      const { check, finding: name, health, values } = finding
      await output.show({ check, finding: name, health, ...values, text }, line(finding, text, words.health))
      if (code === exitCode.done) code = codeOf(finding)
    }
    return code
  })
}

/** Who cannot be asked, or does not know it, has the rest examined. */
async function ask(source: PassphraseSource, wasWrong: boolean): Promise<string | undefined> {
  try {
    return await source.next(wasWrong)
  } catch (error) {
    if (error instanceof Failure && error.code === exitCode.locked) return undefined
    throw error
  }
}

function line({ health }: Finding, text: string, names: Readonly<Record<Finding['health'], string>>): string {
  const widest = Math.max(...Object.values(names).map((name) => name.length))
  return `${names[health].padEnd(widest)}  ${text}`
}

/** Of the first that is broken. */
function codeOf({ health, check, finding }: Finding): ExitCode {
  if (health !== 'broken') return exitCode.done
  if (finding === 'server_unreachable' || finding === 'token_unreachable') return exitCode.unreachable
  return ['server', 'token', 'stream'].includes(check) ? exitCode.refused : exitCode.profile
}
