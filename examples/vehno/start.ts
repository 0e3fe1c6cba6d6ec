// `npm run vehno`: see README.md. Both end with this process, however it ends.
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FolderTakenError, startExample } from './example.ts'
import { samplePeople } from './people.ts'
import { PortTakenError } from './ports.ts'
import { PackagesMissingError } from './python.ts'
import { chooseWords } from './words.ts'

const words = chooseWords(process.env)
process.exitCode = await main()

async function main(): Promise<number> {
  const options = readOptions()
  if (options === undefined) return complain(words.usage, 2)
  const asked = askedToStop()
  print(words.starting)
  try {
    await using example = await startExample(options)
    print(words.running(example, await samplePeople()))
    const why = await Promise.race([asked, example.ended.then(() => 'ended' as const)])
    print(why === 'asked' ? words.stopping : words.ended)
    return why === 'asked' ? 0 : 1
  } catch (error) {
    return complain(explain(error))
  }
}

function explain(error: unknown): string {
  if (error instanceof PackagesMissingError) return words.missing(error.message)
  if (error instanceof PortTakenError) return words.portTaken(error.port)
  if (error instanceof FolderTakenError) return words.folderTaken(error.message)
  return error instanceof Error ? error.message : String(error)
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8090' },
        'nichatka-port': { type: 'string', default: '8480' },
        data: { type: 'string', default: fileURLToPath(new URL('./data', import.meta.url)) },
      },
    })
    const [port, nichatkaPort] = [portOf(values.port), portOf(values['nichatka-port'])]
    if (port === undefined || nichatkaPort === undefined) return undefined
    return { data: values.data, port, nichatkaPort }
  } catch {
    return undefined // an option that there is not
  }
}

function portOf(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined
}

/** A second signal ends this process at once, and the others with it. */
function askedToStop(): Promise<'asked'> {
  return new Promise((resolve) => {
    let times = 0
    const ask = (signal: NodeJS.Signals) => {
      times += 1
      if (times > 1) process.exit(128 + constants.signals[signal])
      resolve('asked')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal))
    if (process.env.npm_lifecycle_event === 'vehno') whenOrphaned(() => ask('SIGTERM'))
  })
}

/** npm passes no SIGKILL on. */
function whenOrphaned(then: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    then()
  }, 500)
  timer.unref()
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string, exitCode = 1): number {
  process.stderr.write(`vehno: ${text}\n`)
  return exitCode
}
