/** Whose account this device has, and how it stands with the server. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ReadyAccount } from '@veche/client'
import type { CoreEvent, RemoteClient } from '../core/remote-client.ts'

export type Session =
  | { readonly kind: 'opening' }
  /** `handle`: of a registration whose outcome is not known. */
  | { readonly kind: 'none'; readonly handle?: string }
  | { readonly kind: 'ready'; readonly account: ReadyAccount }
  | { readonly kind: 'failed'; readonly error: unknown }

export interface SessionStore {
  readonly session: ReadonlySignal<Session>
  readonly connection: ReadonlySignal<'connecting' | 'connected' | 'disconnected'>
  /** Why the server does not accept this device any more. */
  readonly ended: ReadonlySignal<string | undefined>
  /** The program behind the page has ended unforeseen and is started again. */
  readonly isLost: ReadonlySignal<boolean>
  /** Whether there is a recovery sheet that its owner has not got yet. */
  readonly isSheetDue: ReadonlySignal<boolean>
  hear(event: CoreEvent): void
  /** Asks the core what is. */
  refresh(): Promise<void>
}

export function createSession(client: RemoteClient): SessionStore {
  const session: Signal<Session> = signal({ kind: 'opening' })
  const connection: Signal<'connecting' | 'connected' | 'disconnected'> = signal('connecting')
  const ended: Signal<string | undefined> = signal(undefined)
  const isLost = signal(false)
  const isSheetDue = signal(false)

  const refresh = async () => {
    try {
      session.value = await read(client)
      isSheetDue.value = session.value.kind === 'ready' && (await client.security.isSheetDue())
    } catch (error) {
      session.value = { kind: 'failed', error }
    }
  }
  const hear = (event: CoreEvent) => {
    if (event.type === 'connection') connection.value = event.state
    if (event.type !== 'core') return
    if (event.state === 'lost') isLost.value = true
    if (event.state === 'ready' || event.state === 'failed' || event.state === 'refused') isLost.value = false
    if (event.state === 'failed') session.value = { kind: 'failed', error: event.error }
    if (event.state === 'refused') ended.value = event.reason
    if (event.state === 'ready' || event.state === 'moved') void refresh()
  }
  return { session, connection, ended, isLost, isSheetDue, hear, refresh }
}

async function read(client: RemoteClient): Promise<Session> {
  const account = await client.account()
  switch (account.kind) {
    case 'ready':
      return { kind: 'ready', account }
    case 'registering':
    case 'recovering':
      return { kind: 'none', handle: account.handle }
    case 'none':
      return { kind: 'none' }
    default:
      return account satisfies never
  }
}
