/** One run of the `veche` command as a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { VECHE } from './server-process.ts'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What it printed with --json: one value a line. */
  readonly lines: readonly Record<string, unknown>[]
}

/** How a command is run, where that matters. */
export interface Running {
  /** A command line that runs the rest of itself, such as `unshare`. */
  readonly prefix?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `veche --profile PROFILE ARGS… --json` to its end. */
export async function veche(
  profile: string,
  args: readonly string[],
  input = '',
  { prefix = [], env }: Running = {},
): Promise<CommandResult> {
  const [command, ...rest] = [...prefix, process.execPath, VECHE, '--profile', profile, ...args, '--json']
  const child = spawn(command!, rest, {
    env: { ...process.env, LANG: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk))
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number]
  const lines = stdout.split('\n').filter((line) => line.startsWith('{') || line.startsWith('['))
  return { code, stdout, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

/** Like `veche`, for commands that must succeed: gives the first line. */
export async function vecheOk(
  profile: string,
  args: readonly string[],
  input = '',
  running: Running = {},
): Promise<Record<string, unknown>> {
  const result = await veche(profile, args, input, running)
  if (result.code !== 0)
    throw new Error(`veche ${args[0]} ended with ${result.code}: ${result.stderr}${result.stdout}`)
  return result.lines[0] ?? {}
}

export interface NewPerson {
  readonly handle: string
  readonly name: string
  readonly password: string
  /** The registration code. */
  readonly code: string
  readonly server: string
}

/** `veche register` into a new profile; the password stands in a file beside it meanwhile. */
export async function vecheRegister(profile: string, person: NewPerson): Promise<Record<string, unknown>> {
  const passwordFile = `${profile}.password`
  await writeFile(passwordFile, `${person.password}\n`, { mode: 0o600 })
  const { handle, name, code, server } = person
  const account = ['--handle', handle, '--name', name, '--invite', code, '--server', server]
  const registered = await vecheOk(profile, ['register', ...account, '--password-file', passwordFile])
  await rm(passwordFile)
  return registered
}
