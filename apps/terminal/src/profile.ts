/**
 * How a command comes by the client of its profile. Only one process has a profile at a time. Who finds it taken
 * has the whole command run by the one who has it (handover/host.ts); where nobody answers, the other is a short
 * command, and is waited for. When the host ends midway the loop goes on: by then the profile is free, or has
 * another host.
 */
import { once } from 'node:events'
import { homedir, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, type OpenedProfile, openProfile, type ReadyAccount } from '@veche/client'
import { clientFailure } from './client-failure.ts'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { socketAddress } from './handover/address.ts'
import type { Progress } from './handover/frames.ts'
import { isHosted, type Visit, visit } from './handover/visit.ts'
import type { Profile } from './held-profile.ts'
import { PassphraseSource } from './passphrase.ts'
import { defaultProfileFolder } from './profile-folder.ts'
import { Seen } from './seen.ts'

/** How long a short command of another process may take. */
const patienceMs = 20_000
const pauseMs = 50
/** For a command that ends by itself when it is interrupted. */
const graceMs = 2000

/** What a command does with the profile. Nothing of it may happen outside: it may run in another process. */
export type Task<Opened extends Profile = Profile> = (profile: Opened) => Promise<ExitCode>

/** @throws Failure */
export async function withProfile(context: Context, task: Task): Promise<ExitCode> {
  const { hosted } = context
  if (hosted !== undefined) return explained(context, () => task(hosted))
  const open = opener(context)
  let progress: Progress | undefined
  let waitUntil = Date.now() + patienceMs
  for (;;) {
    const opened = await explained(context, open)
    if (opened.kind === 'open') return runHere(context, opened.client, task, progress)
    const visited = await visitHost(context, progress)
    if (visited.kind === 'done') return visited.code as ExitCode
    if (visited.kind === 'left') {
      progress = visited.progress
      waitUntil = Date.now() + patienceMs
    }
    if (context.terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
    if (Date.now() > waitUntil) throw new Failure('profile_busy', exitCode.profile)
    await sleep(pauseMs)
  }
}

/**
 * The same for a command that stays and needs the profile itself: it is never handed over.
 * @throws Failure `profile_held` when another stays with it
 */
export async function withOwnProfile(context: Context, task: Task): Promise<ExitCode> {
  const open = opener(context)
  const waitUntil = Date.now() + patienceMs
  for (;;) {
    const opened = await explained(context, open)
    if (opened.kind === 'open') return runHere(context, opened.client, task, undefined)
    const address = await hostAddress(context)
    if (address !== undefined && (await isHosted(address))) {
      throw new Failure('profile_held', exitCode.profile)
    }
    if (context.terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
    if (Date.now() > waitUntil) throw new Failure('profile_busy', exitCode.profile)
    await sleep(pauseMs)
  }
}

export interface MemberProfile extends Profile {
  readonly account: ReadyAccount
}

/**
 * The same for the commands that need an account.
 * @throws Failure `not_registered`
 */
export function withAccount(context: Context, task: Task<MemberProfile>): Promise<ExitCode> {
  return withProfile(context, async (profile) => task({ ...profile, account: readyAccount(profile.client) }))
}

/** @throws Failure `not_registered` */
export function readyAccount({ account }: Client): ReadyAccount {
  if (account.kind !== 'ready') throw wrongUse('not_registered')
  return account
}

/** Where the commands of others can reach the process that has this profile; undefined where they cannot. */
export function hostAddress(context: Context): Promise<string | undefined> {
  return socketAddress(profileFolder(context), {
    platform: process.platform,
    env: context.terminal.env,
    temporaryFolder: tmpdir(),
    uid: process.getuid?.() ?? -1,
  })
}

/** Opens the profile; where it asks for a passphrase, with that, which is asked for once. */
function opener(context: Context): () => Promise<Exclude<OpenedProfile, { kind: 'locked' }>> {
  const { server } = context.options
  const source = new PassphraseSource(context.terminal, context.words)
  let given: { passphrase?: string } = {}
  return async () => {
    for (;;) {
      const opened = await openProfile(profileFolder(context), { ...(server && { server }), ...given })
      if (opened.kind !== 'locked') return opened
      given = { passphrase: await source.next(opened.wasWrong) }
    }
  }
}

export function profileFolder({ options, terminal }: Context): string {
  return resolve(options.profile ?? defaultProfileFolder(terminal.env, process.platform, homedir()))
}

async function runHere(
  context: Context,
  client: Client,
  task: Task,
  progress: Progress | undefined,
): Promise<ExitCode> {
  try {
    const seen = await Seen.open(profileFolder(context))
    const work = () => task({ client, seen, ...(progress && { progress }) })
    return await Promise.race([explained(context, work, client), interruption(context)])
  } finally {
    await client.close()
  }
}

/** Rejects when the command was to end and did not: most wait for the server without looking at the signal. */
async function interruption({ terminal }: Context): Promise<never> {
  const { interrupted } = terminal
  if (!interrupted.aborted) await once(interrupted, 'abort')
  await sleep(graceMs, undefined, { ref: false })
  throw new Failure('interrupted', exitCode.interrupted)
}

/** Gives the client's errors, whose causes people can do something about, their words. */
export async function explained<T>(context: Context, action: () => Promise<T>, own?: Client): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const account = (own ?? context.hosted?.client)?.account
    const server = account?.kind === 'ready' ? account.server : context.options.server
    throw clientFailure(error, server ?? '')
  }
}

async function visitHost(context: Context, progress: Progress | undefined): Promise<Visit> {
  const address = await hostAddress(context)
  if (address === undefined) return { kind: 'absent' }
  const { argv, language, terminal, input } = context
  const given = { ...(input !== undefined && { input }), ...(progress !== undefined && { progress }) }
  const { columns, colours } = terminal
  return visit(address, { argv, language, columns, colours, ...given }, terminal)
}
