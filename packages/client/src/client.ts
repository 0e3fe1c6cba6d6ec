/**
 * The client: one account on one server with its chats, as an application sees it. Local state answers without the
 * network; what needs the server says so by throwing UnreachableError. Only one client at a time opens a profile.
 */
import type { Transport } from '@connectrpc/connect'
import { selfCheck } from '@veche/mls'
import { ChatId, MessageId, randomId } from '@veche/protocol'
import {
  type Chat,
  DeviceStore,
  finishLeaving,
  isText,
  isVerified,
  leave,
  noSteps,
  openAccounts,
  type SyncEvent,
} from '@veche/sync'
import type { AccountKeys } from './account-keys.ts'
import { Administration } from './administration.ts'
import { Archive } from './archive.ts'
import { findChat, listChats, privateOf } from './chat-list.ts'
import type { ChatSummary, ShownMessage } from './chat-views.ts'
import { toClientEvent } from './client-event.ts'
import { Devices } from './devices.ts'
import { UsageError } from './errors.ts'
import { EventStream } from './event-stream.ts'
import type { JoinState } from './group-invites.ts'
import { Groups } from './groups.ts'
import { HistoryFiles } from './history-files.ts'
import { Keeping } from './keeping.ts'
import { type Credentials, login } from './login.ts'
import { type LinkingRequest, loginByLink } from './login-by-link.ts'
import { endDevice, type LogoutOptions } from './logout.ts'
import { Marks } from './marks.ts'
import { type Member, type MemberOptions, openMember } from './member.ts'
import { mentionsIn } from './mentions.ts'
import { OwnSettings } from './own-settings.ts'
import { isWeakPassword } from './password.ts'
import { People } from './people.ts'
import { type Person, toPerson } from './person.ts'
import { type RecoveryRequest, recover, settleRecovery } from './recovery.ts'
import { type NewAccount, type Registrar, register, settleRegistration } from './registration.ts'
import { Requests } from './requests.ts'
import { Security } from './security.ts'
import { readLast, readOne, searchAll } from './stored-messages.ts'
import { Unsent } from './unsent.ts'
import {
  type Account,
  type ClientEvent,
  type Contact,
  type ReadyAccount,
  type SendOptions,
  type SendReceipt,
  toAccount,
  toReadyAccount,
} from './views.ts'

export interface ClientOptions extends Omit<MemberOptions, 'store' | 'transport' | 'onEvent'> {
  /** Makes a transport to the server at a URL. */
  readonly connectTo: (server: string) => Transport
  /** Fingerprint of the certificate authority that links are to carry; undefined: the system's are enough. None by default. */
  readonly authority?: () => string | undefined
  /** URL of the server; that of the account by default. */
  readonly server?: string
  /** Called once, when the client is closed. */
  readonly onClosed?: () => void
}

/**
 * Opens the profile's local state; no network.
 * @throws DamagedError when it cannot be read; EngineError when the MLS engine is not the one it must be
 */
export async function openClient(options: ClientOptions): Promise<Client> {
  selfCheck()
  return Client.open(options)
}

export class Client {
  readonly devices = new Devices(() => this.#member)
  readonly administration = new Administration(
    () => this.#member.server,
    (link) => this.#tellAuthority(link),
  )
  readonly settings = new OwnSettings(() => this.#member)
  readonly requests = new Requests(() => this.#member)
  readonly people = new People(() => this.#member)
  readonly groups = new Groups(
    () => this.#member,
    () => this.#serverUrl,
    (link) => this.#tellAuthority(link),
  )
  readonly marks = new Marks(() => this.#member)
  readonly keeping = new Keeping(() => this.#member)
  readonly historyFiles = new HistoryFiles(() => this.#member)
  readonly archive = new Archive(() => this.#member)
  readonly unsent = new Unsent(() => this.#member)
  readonly security = new Security(() => this.#member)
  readonly #options: ClientOptions
  readonly #store: DeviceStore
  readonly #events = new EventStream<ClientEvent>()
  /** What was found while the profile was opened, for the first listener. */
  readonly #early: SyncEvent[] = []
  #joined: Member | undefined

  static async open(options: ClientOptions): Promise<Client> {
    const { files, profileKey, onStep = noSteps } = options
    const store = await DeviceStore.open(files, profileKey, onStep)
    await finishLeaving(files, store)
    const client = new Client(options, store)
    await client.#enter()
    return client
  }

  private constructor(options: ClientOptions, store: DeviceStore) {
    this.#options = options
    this.#store = store
  }

  /** So that who opens the link need not compare what this profile trusts. */
  #tellAuthority(link: string): string {
    const fingerprint = this.#options.authority?.()
    return fingerprint === undefined ? link : `${link}&authority=${fingerprint}`
  }

  get account(): Account {
    return toAccount(this.#store.state, () => this.#serverUrl)
  }

  /**
   * Makes an account. After UnreachableError, or when the program died, the same call goes on where it was.
   * @throws RefusedError as the server says; UsageError `already_registered`, `no_server`, `weak_password`,
   * `other_account` where an account that signed out has left its history here
   */
  async register(account: NewAccount): Promise<ReadyAccount & { readonly recovery: string }> {
    this.#ensureNone()
    if (this.#store.state.keptHistory) throw new UsageError('other_account')
    if (isWeakPassword(account.password)) throw new UsageError('weak_password')
    await this.#settleLeft('recovering')
    const { recovery } = await register(this.#registrar(), account)
    return { ...(await this.#ready()), recovery }
  }

  /** Signs in to an account on this device. @throws RefusedError `login_failed`, `device_limit` */
  async login(credentials: Credentials): Promise<ReadyAccount> {
    this.#ensureNone()
    await this.#settleLeft()
    await login(this.#registrar(), credentials)
    return this.#ready()
  }

  /**
   * Signs in on this device by the code that a device of the account shows (`devices.link`).
   * @throws as `loginByLink`
   */
  async loginByLink(request: LinkingRequest): Promise<ReadyAccount> {
    this.#ensureNone()
    await this.#settleLeft()
    await loginByLink(this.#registrar(), request)
    return this.#ready()
  }

  /**
   * Takes the account back on this device with its recovery sheet: sets a new password, and ends its other devices unless they
   * are to stay. After
   * UnreachableError, or when the program died, the same call goes on where it was.
   * @returns `resumed`: an earlier call had gone through, and its password is the one that counts
   * @throws RefusedError `recovery_failed`, `too_many_calls`; UsageError as `register`
   */
  async recover(request: RecoveryRequest): Promise<ReadyAccount & { readonly resumed: boolean }> {
    this.#ensureNone()
    if (isWeakPassword(request.password)) throw new UsageError('weak_password')
    await this.#settleLeft('registering')
    const { resumed } = await recover(this.#registrar(), request)
    return { ...(await this.#ready()), resumed }
  }

  /**
   * Signs out: the device is no longer the account's, and its keys are forgotten. With `keepHistory` the encrypted
   * histories stay, for when the same account signs in here again. The client has no account afterwards.
   * @throws UnreachableError; UsageError `unsent_messages`; nothing has changed then
   */
  async logout(options: LogoutOptions): Promise<void> {
    const { keepHistory } = options
    if (!this.#joined) return this.#eraseKept(keepHistory)
    await endDevice(this.#joined, options)
    await this.#joined.delivery.close()
    const chats = [...this.#joined.delivery.chats].map(({ state }) => state)
    await leave({ files: this.#options.files, store: this.#store, chats }, { keepHistory })
    this.#joined = undefined
  }

  /** The peers of open private chats (M10), by handle; from local state. */
  async contacts(): Promise<Contact[]> {
    const { state } = this.#store
    return privateOf(this.chats()).map(({ chat, with: person, binding }) => {
      return { ...person, chat, binding, verified: isVerified(state, person.handle, person.account) }
    })
  }

  /** From local state: private chats by handle, one whose account the handle does not stand for last; groups by name. */
  chats(): ChatSummary[] {
    return listChats(this.#member)
  }

  /** With whom the account has chats that this device is not in yet: a device that is in them brings it in. */
  async awaited(): Promise<Person[]> {
    const { server, delivery } = this.#member
    const { chats } = await server.chats.listChats({})
    const missing = chats.filter(({ chatId }) => !delivery.chats.get(ChatId.fromBytes(chatId)))
    return missing.flatMap(({ peer }) => (peer ? [toPerson(peer)] : []))
  }

  /**
   * @param text `@handle`; a group's name, without regard to case; or a chat's id, by which alone a chat is found whose
   * account had the handle once
   * @throws UsageError `chat_unknown`; `chat_ambiguous` where several groups are called so
   */
  findChat(text: string): ChatId {
    return findChat(this.chats(), text)
  }

  /** Joins a group by an invite link: `groups.join`. */
  join(link: string): Promise<JoinState> {
    return this.groups.join(link)
  }

  /**
   * Resolves when the message is in durable keeping on this device: from then on it will arrive. In a group it names
   * those whose handles stand in it with an @, and who wrote what it answers.
   * @throws UsageError `empty_text`, `text_too_long`, `chat_unknown`, `message_unknown`; RefusedError `chat_closed`,
   * `changed_binding`; DecodeError when `id` is none
   */
  async send(
    chat: ChatId,
    text: string,
    { id, replyTo, fromDraft = false }: SendOptions = {},
  ): Promise<SendReceipt> {
    if (text.length === 0) throw new UsageError('empty_text')
    if (!isText(text)) throw new UsageError('text_too_long')
    const to = this.#chat(chat)
    const own = this.#member.own.account
    const messageId = id === undefined ? randomId(MessageId) : MessageId.parse(id)
    const answered = replyTo === undefined ? undefined : await this.message(chat, replyTo)
    if (replyTo !== undefined && !answered) throw new UsageError('message_unknown')
    const mentions = mentionsIn(text, to.state, { own, answered: answered?.from.account })
    return this.#member.delivery.send(to, text, messageId, { replyTo, mentions, fromDraft })
  }

  /** One message, from local state; undefined where this device does not have it. */
  async message(chat: ChatId, id: MessageId): Promise<ShownMessage | undefined> {
    return readOne(this.#chat(chat), this.#member.own, id)
  }

  /**
   * The last messages, oldest first, those that wait for the server at the end; from local state.
   * @param page `before`: only those of the log at smaller positions, so that a long history is read in pages
   */
  async history(chat: ChatId, page: { limit: number; before?: bigint }): Promise<ShownMessage[]> {
    return readLast(this.#chat(chat), this.#member.own, page.limit, page.before)
  }

  /**
   * The newest messages of all chats whose text contains `text`, newest first by the senders' clocks; from local
   * state.
   * @throws UsageError `empty_search`
   */
  async search(text: string, { limit }: { limit: number }): Promise<ShownMessage[]> {
    const found: ShownMessage[] = []
    if (limit <= 0) return found
    for await (const message of this.findMessages(text)) if (found.push(message) >= limit) break
    return found.sort((a, b) => b.at - a.at)
  }

  /**
   * As `search`, each message as soon as it is found, for as long as they are taken.
   * @throws UsageError `empty_search`
   */
  findMessages(text: string): AsyncGenerator<ShownMessage> {
    const { own, delivery } = this.#member
    if (text.trim() === '') throw new UsageError('empty_search')
    return searchAll(delivery.chats, own, text)
  }

  /**
   * Follows the server, reconnecting, until the signal is aborted.
   * @throws RefusedError when the server does not accept this device
   */
  async connect(signal: AbortSignal): Promise<void> {
    return this.#member.delivery.follow(signal)
  }

  /**
   * Until everything missed is stored and the outbox is empty.
   * @throws UnreachableError when the server is not there, or the time ran out
   */
  async catchUp(timeoutMs: number): Promise<void> {
    return this.#member.delivery.catchUp(timeoutMs)
  }

  /** What happens from now on, each event once, in order, after it is stored. */
  events(signal: AbortSignal): AsyncIterable<ClientEvent> {
    const events = this.#events.listen(signal)
    for (const event of this.#early.splice(0)) this.#tell(event)
    return events
  }

  /** Ends what runs; messages that wait are kept. The client is not used afterwards. */
  async close(): Promise<void> {
    await this.#joined?.delivery.close()
    this.#options.onClosed?.()
  }

  get #member(): Member {
    if (!this.#joined) throw new UsageError('not_registered')
    return this.#joined
  }

  /** The account that was just made or signed in to. */
  async #ready(): Promise<ReadyAccount> {
    await this.#enter()
    await this.#member.delivery.begin()
    return toReadyAccount(this.#member.profile, this.#serverUrl)
  }

  get #serverUrl(): string {
    const { profile, registering, recovering } = this.#store.state
    const begun = registering ?? recovering
    const url = this.#options.server ?? profile?.server ?? begun?.profile?.server
    if (url === undefined) throw new UsageError('no_server')
    return url
  }

  #registrar(): Registrar {
    const server = this.#serverUrl
    const { onStep = noSteps, connectTo } = this.#options
    const onSignedIn = async (keys: AccountKeys) => {
      await this.#enter()
      await this.archive.open(keys)
    }
    return { server, accounts: openAccounts(connectTo(server)), store: this.#store, onStep, onSignedIn }
  }

  /** What was kept when the account signed out may be erased later. */
  async #eraseKept(keepHistory: boolean): Promise<void> {
    if (!this.#store.state.keptHistory || keepHistory) throw new UsageError('not_registered')
    await leave({ files: this.#options.files, store: this.#store, chats: [] }, { keepHistory })
  }

  /** What was begun before, and its answer lost, may have given this device an account already. */
  async #settleLeft(kind?: 'registering' | 'recovering'): Promise<void> {
    if (kind !== 'recovering' && this.#store.state.registering) await settleRegistration(this.#registrar())
    if (kind !== 'registering' && this.#store.state.recovering) await settleRecovery(this.#registrar())
    if (!this.#store.state.profile) return
    await this.#ready()
    throw new UsageError('already_registered')
  }

  #ensureNone(): void {
    if (this.#store.state.profile) throw new UsageError('already_registered')
  }

  /** Takes up the account, once there is one. */
  async #enter(): Promise<void> {
    const { profile } = this.#store.state
    if (!profile || this.#joined) return
    this.#joined = await openMember(profile, {
      ...this.#options,
      store: this.#store,
      transport: this.#options.connectTo(this.#serverUrl),
      onEvent: (event) => this.#tell(event),
    })
  }

  #chat(chatId: ChatId): Chat {
    const chat = this.#member.delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    return chat
  }

  #tell(event: SyncEvent): void {
    if (!this.#joined) {
      this.#early.push(event)
      return
    }
    const told = toClientEvent(event, this.#joined)
    if (told) this.#events.emit(told)
  }
}
