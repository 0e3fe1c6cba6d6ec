/**
 * The client as a page has it: the same calls with the same parts, each of them asynchronous, answered by the core in
 * whichever tab has it. Functions and AbortSignals among the arguments are carried to the core and back.
 *
 * Errors keep their class and fields: RefusedError, UsageError, UnreachableError, DamagedError, NoSpaceError, DecodeError;
 * and CoreMovedError where a tab was closed whose core was at work. Anything else arrives as a plain Error without a word
 * of its message.
 */
import type { Client, ClientEvent, Exported, ImportOutcome, SendOptions } from '@veche/client'
import type { ChatId, MessageId } from '@veche/protocol'
import type { calls, PartName } from './calls.ts'
import type { ReleaseEvent } from './release.ts'

export type RemoteClient = Omit<RemotePart<Client, (typeof calls)['client']>, 'send'> & {
  readonly [Part in Exclude<PartName, 'client' | 'historyFiles'>]: RemotePart<
    Client[Part],
    (typeof calls)[Part]
  >
} & {
  /** As of `Client`; resolves once the message is in durable keeping, whichever tab's core keeps it. */
  send(chat: ChatId, text: string, options?: SendOptions): Promise<{ readonly id: MessageId }>
  readonly historyFiles: RemoteHistoryFiles
  /**
   * What happens from now on, in all tabs. The state of the core, and of its connection, is told to each new listener at
   * once. @returns ends the listening
   */
  events(listener: (event: CoreEvent) => void): () => void
}

export interface RemoteHistoryFiles {
  /** @throws AbortError */
  export(request: RemoteExport): Promise<Exported & { readonly file: Blob }>
  /** @throws AbortError, as long as nothing was added; UsageError `file_unreadable` */
  import(request: RemoteImport): Promise<ImportOutcome>
}

export interface RemoteExport {
  readonly passphrase: string
  /** Called now and then, with the number of messages so far. */
  readonly onProgress?: (messages: number) => void
  /** Ends it. */
  readonly signal?: AbortSignal
}

export interface RemoteImport extends RemoteExport {
  readonly source: Blob
}

export type CoreEvent = ClientEvent | ReleaseEvent | ({ readonly type: 'core' } & CoreState)

export type CoreState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready' }
  /** Another tab has the core now: what was read before may have changed without a word. `ready` follows. */
  | { readonly state: 'moved' }
  /** The worker of this tab, which may have had the core, has ended unforeseen and is started again. `ready` follows. */
  | { readonly state: 'lost' }
  /** The profile cannot be opened; every call fails with this error. */
  | { readonly state: 'failed'; readonly error: Error }
  /** The server does not accept this device any more. @see RefusedError.reason */
  | { readonly state: 'refused'; readonly reason: string }

type RemotePart<T, Names> = {
  readonly [Name in keyof Names & keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : () => Promise<T[Name]>
}
