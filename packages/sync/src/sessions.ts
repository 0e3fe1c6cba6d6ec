/**
 * The sessions of one device, one at a time: who wants another waits until the one before has ended. `follow` has one
 * after the other until it is told to stop; `catchUp` uses the one that is up, or has one for itself.
 *
 * With a session goes what is done while the device is connected: its maintenance, its marks, reading what is older than
 * the device, and putting keys into the backup.
 */
import type { ArchiveReader } from './archive-reader.ts'
import { Backoff, pause } from './backoff.ts'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import type { HistoryBackup } from './history-backup.ts'
import { nextItem, Standing } from './local-chat.ts'
import type { Maintenance } from './maintenance.ts'
import type { Marks } from './marks.ts'
import type { Server } from './server.ts'
import { isPassing, Session, type SessionOptions } from './session.ts'

type SameInEach = 'chats' | 'store' | 'receipts' | 'onStep' | 'onEntries' | 'onInboxItem'

export interface SessionsOptions extends Pick<SessionOptions, SameInEach> {
  readonly server: Server
  readonly marks: Marks
  readonly maintenance: Maintenance
  readonly archive: ArchiveReader
  readonly backup: HistoryBackup
  readonly onEvent: (event: SyncEvent) => void
  /** From 0 to 1. */
  readonly random: () => number
  /** The most a device waits before it updates its path in a chat it was added to; milliseconds. */
  readonly maxUpdateDelayMs: number
  /** Ends the one that is up; there is no other after it. */
  readonly signal: AbortSignal
}

const ARCHIVE_RETRY_MS = 60_000
const LAST_BACKUP_TIMEOUT_MS = 2000

export class Sessions {
  readonly #options: SessionsOptions
  readonly #watchers = new Set<() => void>()
  #session: Session | undefined
  /** Begins to read what is older than this device, in the session that is live. */
  #readOlder: (() => void) | undefined
  #following: Promise<void> = Promise.resolve()
  /** One that is told to stop follows no more, though its session may still be ending. */
  readonly #followers = new Set<AbortSignal>()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** Whether there is one, and all that had happened before it is stored. */
  get isLive(): boolean {
    return this.#session?.isLive ?? false
  }

  /** As `Delivery.follow`. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#followers.add(signal)
    const following = this.#inTurn(signal, async (signal) => {
      const backoff = new Backoff(this.#options.random)
      while (!signal.aborted) {
        try {
          await this.#run(signal, () => backoff.reset())
        } catch (error) {
          if (!isPassing(error) && !isStreamRefusal(error)) throw error
          const retryAfterMs =
            error instanceof UnreachableError || error instanceof RefusedError ? error.retryAfterMs : 0
          await pause(backoff.next(retryAfterMs), signal)
        }
      }
    })
    try {
      await following
    } finally {
      this.#followers.delete(signal)
      this.wake()
    }
  }

  /** As `Delivery.catchUp`. */
  async catchUp(timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs)
    const isFollowed = [...this.#followers].some(({ aborted }) => !aborted)
    if (isFollowed) return this.#settled(deadline)
    const stop = new AbortController()
    let failure: unknown
    const running = this.#inTurn(AbortSignal.any([stop.signal, deadline]), (signal) =>
      this.#run(signal, () => {}),
    ).catch((error) => {
      failure = error
      stop.abort()
    })
    try {
      await this.#settled(AbortSignal.any([stop.signal, deadline]))
    } catch (error) {
      throw failure === undefined ? error : toCallersError(failure)
    } finally {
      stop.abort()
      await running
    }
  }

  /** Resolves when none is up any more, after `signal`. */
  async ended(): Promise<void> {
    await this.#following.catch(() => {}) // whoever followed heard of it
  }

  /** A chat may have something to send; without a session it goes with the next. */
  send(chat: Chat): void {
    this.#session?.send(chat)
  }

  /** There may be something to maintain; without a session it is left to the next. */
  maintain({ afterMs = 0 } = {}): void {
    const session = this.#session
    if (!session?.isLive) return
    if (afterMs === 0) this.#maintain(session)
    else session.later(afterMs, () => this.#maintain(session))
  }

  /** There may be more to read of what is older than this device; without a session it is left to the next. */
  readOlder(): void {
    this.#readOlder?.()
  }

  /** Something was done: perhaps there is no more. */
  wake(): void {
    for (const look of [...this.#watchers]) look()
  }

  #inTurn(signal: AbortSignal, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const before = this.#following.catch(() => {}) // its caller heard of it
    const mine = before.then(() => run(AbortSignal.any([signal, this.#options.signal])))
    this.#following = mine
    return mine
  }

  async #run(signal: AbortSignal, onCaughtUp: () => void): Promise<void> {
    const { onEvent, marks, maintenance } = this.#options
    const ended = new AbortController()
    const session = this.#create(() => {
      onCaughtUp()
      onEvent({ kind: 'connection', state: 'connected' })
      marks.begin(session)
      maintenance.begin()
      this.#maintain(session)
      this.#readOlder = () => this.#readArchive(session, ended.signal)
      this.#readOlder()
    })
    this.#session = session
    try {
      await session.run(signal)
    } finally {
      await marks.end({ isWell: session.isLive && signal.aborted })
      this.#session = undefined
      this.#readOlder = undefined
      ended.abort()
      await maintenance.running
      await this.#endOfArchive(session)
      if (session.isLive) onEvent({ kind: 'connection', state: 'disconnected' })
      this.wake()
    }
  }

  #create(onCaughtUp: () => void): Session {
    const { server, marks, backup, random, maxUpdateDelayMs, onEvent } = this.#options
    const session: Session = new Session({
      ...this.#options,
      server: server.chats,
      onSignals: (signals) => marks.take(signals),
      onOwnMarksChanged: () => marks.pull(),
      onBehind: ({ state }) =>
        onEvent({ kind: 'notice', notice: { kind: 'server-behind', chat: state.chatId } }),
      onCaughtUp,
      onProgress: () => {
        backup.schedule(
          (delayMs, act) => session.later(delayMs, act),
          (error) => session.fail(error),
        )
        this.wake()
      },
      updateDelayMs: () => random() * maxUpdateDelayMs,
    })
    return session
  }

  /** Resolves when the device has caught up and has nothing to send. */
  #settled(until: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.#isSettled && !until.aborted) return
        this.#watchers.delete(look)
        until.removeEventListener('abort', look)
        if (this.#isSettled) resolve()
        else reject(new UnreachableError('the server was not reached in time'))
      }
      this.#watchers.add(look)
      until.addEventListener('abort', look)
      look()
    })
  }

  get #isSettled(): boolean {
    const session = this.#session
    const { chats, marks, maintenance, archive } = this.#options
    const isQuiet = session?.isQuiet && marks.isQuiet && !maintenance.running
    if (!session?.isLive || !isQuiet || maintenance.isResetting(session) || !archive.hasNewest) return false
    return [...chats].every(
      (chat) => chat.state.standing !== Standing.OPEN || !nextItem(chat.state) || session.isBehind(chat),
    )
  }

  #maintain(session: Session): void {
    this.#options.maintenance.run(session, () => this.wake())
  }

  /** What the server does not give now is asked for again after a while. */
  #readArchive(session: Session, signal: AbortSignal): void {
    const { archive } = this.#options
    archive
      .run(signal, () => this.wake())
      .then(() => {
        if (archive.isHalted) session.later(ARCHIVE_RETRY_MS, () => this.#readArchive(session, signal))
      })
      .catch((error) => session.fail(error))
  }

  /** Keys of epochs that have just begun go into the backup: this may be the account's last device. */
  async #endOfArchive(session: Session): Promise<void> {
    const { archive, backup } = this.#options
    backup.unschedule()
    await archive.running?.catch(() => {}) // the session has failed by it
    if (session.isLive) await backup.flush({ timeoutMs: LAST_BACKUP_TIMEOUT_MS })
  }
}

/** The stream ended for a reason of its own: another takes its place. */
function isStreamRefusal(error: unknown): boolean {
  return error instanceof RefusedError && (error.retryAfterMs > 0 || STREAM_REASONS.has(error.reason))
}

const STREAM_REASONS: ReadonlySet<string> = new Set([
  'stream_replaced',
  'slow_reader',
  'token_expired',
  'token_invalid',
  'token_missing',
  'resource_exhausted',
])

function toCallersError(error: unknown): unknown {
  return isPassing(error) ? new UnreachableError(undefined, { cause: error }) : error
}
