/**
 * Shows the safety number that the account has with a contact, and remembers that it was compared; lets a handle
 * stand for another account than before, once the person has decided so (attack A2).
 */
import { type ChangedBinding, type Client, RefusedError, type VerifiedState } from '@veche/client'
import { acceptBinding } from '../accept-binding.ts'
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { ensureNoGroup } from '../find-chat.ts'
import { withoutAt } from '../handle.ts'
import { personText } from '../message-view.ts'
import type { Fields } from '../output.ts'
import { withAccount } from '../profile.ts'
import { safetyNumberText } from '../safety-number-view.ts'
import { verifyByCode } from '../verify-by-code.ts'

interface VerifyOptions {
  readonly confirm?: true
  readonly revoke?: true
  readonly accept?: true
  readonly qr?: true
  readonly scan?: string
}

export async function run(context: Context, whom: string, options: VerifyOptions): Promise<ExitCode> {
  const { accept, confirm, revoke, scan } = options
  ensureOneThing(options)
  const handle = withoutAt(whom)
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    ensureNoGroup(client, whom)
    if (accept) return acceptBinding(context, client, handle, confirm === true)
    if (scan !== undefined) await verifyByCode(client, handle, scan)
    if (confirm || revoke) await client.people.setVerified(handle, confirm === true)
    return show(context, client, handle, options.qr === true)
  })
}

/** @throws Failure where two options contradict each other */
function ensureOneThing({ accept, confirm, revoke, qr, scan }: VerifyOptions): void {
  const given = [
    ...(accept || confirm ? [accept ? '--accept' : '--confirm'] : []),
    ...(revoke ? ['--revoke'] : []),
    ...(scan !== undefined ? ['--scan'] : []),
    ...(qr ? ['--qr'] : []),
  ]
  if (given.length > 1) throw wrongUse('invalid_value', given.join(' '))
}

async function show(context: Context, client: Client, handle: string, isDrawn: boolean): Promise<ExitCode> {
  const change = whatChanged(client, handle)
  const state = whatIs(client, handle, change)
  const code = isDrawn ? client.people.verificationCode(handle) : undefined
  const shown = [
    ...(code === undefined ? [] : [{ qr: code }, context.words.says.scanMe(code)]),
    ...(state === undefined ? [] : [stateText(context, state)]),
    ...(change === undefined ? [] : [changeText(context, change)]),
  ]
  const changed = change === undefined ? null : changeFields(change)
  const fields = { ...stateFields(change?.handle ?? handle, state), changed, ...(code && { code }) }
  await context.output.show(fields, shown)
  return exitCode.done
}

function whatChanged({ people }: Client, handle: string): ChangedBinding | undefined {
  try {
    return people.changedBinding(handle)
  } catch (error) {
    if (error instanceof RefusedError && error.reason === 'binding_unchanged') return undefined
    throw error
  }
}

/** Where another account has the handle there may be no contact with the one it is bound to. */
function whatIs({ people }: Client, handle: string, change: ChangedBinding | undefined) {
  try {
    return people.compare(handle)
  } catch (error) {
    if (change && error instanceof RefusedError && error.reason === 'contact_unknown') return undefined
    throw error
  }
}

function stateFields(handle: string, state: VerifiedState | undefined): Fields {
  const { account = null, safetyNumber = null, verified = false } = state ?? {}
  return { account, handle, safetyNumber, verified }
}

function stateText(
  { words: { says } }: Context,
  { handle, name, safetyNumber, verified }: VerifiedState,
): string {
  const heading = says.safetyNumber(personText({ handle, name }))
  return `${heading}\n\n${safetyNumberText(safetyNumber)}\n\n${verified ? says.verified : says.notVerified}`
}

function changeFields({ account, chat, safetyNumber }: ChangedBinding): Fields {
  return { account, chat: chat ?? null, safetyNumber }
}

function changeText({ words: { says } }: Context, { handle, safetyNumber }: ChangedBinding): string {
  const number = `${says.newSafetyNumber}\n\n${safetyNumberText(safetyNumber)}`
  return `${says.changedBinding(handle)}\n\n${number}\n\n${says.howToAccept(handle)}`
}
