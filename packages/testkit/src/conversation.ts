/**
 * Two people who write to each other over a server, all three processes of their own, while a test does harm to one
 * of them. Everything that the two do and see is in their journals; the verdict is the checker's, after everyone has
 * caught up.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, openProfile } from '@veche/client'
import type { ChatterLine } from './chatter-line.ts'
import { check, type Operation, type Verdict } from './checker.ts'
import { makeChat } from './community.ts'
import { PostgresProcesses } from './postgres-process.ts'
import { CHATTER, freePort, ServerProcess } from './server-process.ts'
import { SmallDisk } from './small-disk.ts'
import { until } from './until.ts'
import { vecheOk } from './veche-command.ts'

export const PEOPLE = ['alice', 'bob'] as const
export type Writer = (typeof PEOPLE)[number]

export interface ConversationOptions {
  /** Further environment of the server. @param folder of the conversation */
  readonly server?: (folder: string) => Readonly<Record<string, string>>
  /** Puts the server's data on a disk of this size. */
  readonly diskMib?: number
  /** Further environment of both writers. */
  readonly env?: Readonly<Record<string, string>>
}

/** What a run that kept its promises comes to. */
export const NOTHING_WRONG: Omit<Verdict, 'delivered'> = {
  lost: [],
  duplicated: [],
  reordered: [],
  phantom: [],
  unreadable: [],
}

export class Conversation implements AsyncDisposable {
  readonly folder: string
  readonly #port: number
  readonly #options: ConversationOptions
  readonly #running = new Set<ChildProcess>()
  #chat = ''
  #server: ServerProcess | undefined
  #disk: SmallDisk | undefined

  /** Starts the server, makes both accounts, and the chat between them. */
  static async start(options: ConversationOptions = {}): Promise<Conversation> {
    const folder = await mkdtemp(join(tmpdir(), 'veche-'))
    const conversation = new Conversation(folder, await freePort(), options)
    try {
      await mkdir(conversation.data)
      if (options.diskMib) conversation.#disk = await SmallDisk.mount(conversation.data, options.diskMib)
      await conversation.startServer()
      await conversation.#meet()
      return conversation
    } catch (error) {
      await conversation[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(folder: string, port: number, options: ConversationOptions) {
    this.folder = folder
    this.#port = port
    this.#options = options
  }

  get chat(): string {
    return this.#chat
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error('the server has not been started')
    return this.#server
  }

  /** With the server's data, where it has one of its own. */
  get disk(): SmallDisk {
    if (this.#disk === undefined) throw new Error('the server has no disk of its own')
    return this.#disk
  }

  get postgres(): PostgresProcesses {
    return new PostgresProcesses(this.database)
  }

  /** The server's data folder. */
  get data(): string {
    return join(this.folder, 'data')
  }

  /** PostgreSQL's folder, as this process sees it. */
  get database(): string {
    return join(this.#disk?.path ?? this.data, 'postgres')
  }

  profile(writer: Writer): string {
    return join(this.folder, writer)
  }

  /** Starts the server on the same data and port, for the first time or again. */
  async startServer(): Promise<void> {
    this.#server = await ServerProcess.start({
      data: this.data,
      port: this.#port,
      env: {
        VECHE_REGISTRATION: 'open',
        VECHE_ACCOUNT_RATE: '0',
        VECHE_ADDRESS_RATE: '0',
        ...this.#options.server?.(this.folder),
      },
      ...(this.#disk && { prefix: this.#disk.prefix }),
    })
  }

  /** Makes a further account; its client is the caller's to close. */
  async welcome(handle: string): Promise<Client> {
    const opened = await openProfile(join(this.folder, handle), { server: this.server.url })
    if (opened.kind !== 'open') throw new Error('the profile is busy')
    try {
      await opened.client.register({ handle, name: handle, password: 'olive harbour lantern seven' })
      return opened.client
    } catch (error) {
      await opened.client.close()
      throw error
    }
  }

  /** Makes a further account by the terminal's commands. */
  async welcomeAs(handle: string, env: Readonly<Record<string, string>>): Promise<void> {
    const profile = join(this.folder, handle)
    await writeFile(`${profile}.password`, 'olive harbour lantern seven\n', { mode: 0o600 })
    const account = [
      '--handle',
      handle,
      '--server',
      this.server.url,
      '--password-file',
      `${profile}.password`,
    ]
    await vecheOk(profile, ['register', ...account], '', { env })
  }

  /** Starts a writer, see chatter.ts. */
  write(
    writer: Writer,
    task: number | 'write' | 'settle' | 'history',
    env: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    const parts = [CHATTER, this.profile(writer), this.#journal(writer), this.#chat, writer, String(task)]
    const child = spawn(process.execPath, parts, {
      env: { ...process.env, ...this.#options.env, ...env },
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    child.stdin.on('error', () => {}) // it was killed
    this.#running.add(child)
    return child
  }

  /** Both write, until they are told to stop. */
  writeAll(): ChildProcess[] {
    return PEOPLE.map((writer) => this.write(writer, 'write'))
  }

  /** Tells writers to stop, and waits for their end. @throws Error when one ended in another way */
  async stopWriting(writers: readonly ChildProcess[]): Promise<void> {
    for (const writer of writers) writer.stdin?.end()
    for (const writer of writers) await this.end(writer)
  }

  /** Waits until a writer has ended. @throws Error when it did not end well */
  async end(child: ChildProcess): Promise<void> {
    let errors = ''
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk))
    await ended(child)
    this.#running.delete(child)
    if (child.exitCode !== 0) throw new Error(`a writer ended with ${child.exitCode}: ${errors}`)
  }

  async kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL')
    await ended(child)
    this.#running.delete(child)
  }

  /** What the writers have written down so far, one after the other. */
  lines(writers: readonly Writer[] = PEOPLE): ChatterLine[] {
    return writers.flatMap((writer) => linesOf(this.#journal(writer)))
  }

  /** Waits until each writer has written down `more` further lines of a kind. */
  async untilMore(kind: ChatterLine['kind'], more: number): Promise<void> {
    const counts = () => PEOPLE.map((writer) => this.#count(writer, kind))
    const before = counts()
    await until(() => counts().every((count, index) => count >= before[index]! + more))
  }

  /**
   * Ids of messages that were acknowledged although they were first tried after `before` was taken with `lines`: none
   * can be, while the server or its database stands still.
   */
  acknowledgedSince(before: readonly ChatterLine[]): string[] {
    return PEOPLE.flatMap((writer) => {
      const triedBefore = before.filter((line) => line.kind === 'trying' && line.client === writer).length
      const lines = this.lines([writer])
      const later = lines.filter((line) => line.kind === 'accepted').slice(triedBefore)
      const acknowledged = new Set(lines.flatMap((line) => (line.kind === 'acknowledged' ? [line.id] : [])))
      return later.map(({ id }) => id).filter((id) => acknowledged.has(id))
    })
  }

  /** Lets everyone catch up, reads both histories, and judges. */
  async verdict(): Promise<Verdict> {
    for (const writer of PEOPLE) await this.end(this.write(writer, 'settle'))
    for (const writer of PEOPLE) await this.end(this.write(writer, 'history'))
    const lines = this.lines()
    const texts = lines.flatMap((line) => (line.kind === 'trying' ? [line.text] : []))
    const operations = lines.filter((line): line is Operation => line.kind !== 'trying')
    return check(operations, new Map([[this.#chat, PEOPLE]]), new Map([[this.#chat, new Set(texts)]]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) await this.kill(child)
    await this.#server?.stop()
    await this.#disk?.[Symbol.asyncDispose]()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #meet(): Promise<void> {
    const [alice, bob] = await Promise.all(
      PEOPLE.map(async (handle) => ({ handle, client: await this.welcome(handle) })),
    )
    await bob!.client.catchUp(60_000) // its key packages are there
    const following = new AbortController()
    const connected = alice!.client.connect(following.signal)
    this.#chat = await makeChat(alice!, bob!)
    await alice!.client.catchUp(60_000)
    following.abort()
    await connected
    await bob!.client.catchUp(60_000)
    await Promise.all([alice!.client.close(), bob!.client.close()])
  }

  #count(writer: Writer, kind: ChatterLine['kind']): number {
    return this.lines([writer]).filter((line) => line.kind === kind).length
  }

  #journal(writer: Writer): string {
    return join(this.folder, `${writer}.journal`)
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function linesOf(journal: string): ChatterLine[] {
  let text: string
  try {
    text = readFileSync(journal, 'utf8')
  } catch {
    return [] // nothing was written yet
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, (key, value) => (key === 'seq' ? BigInt(value) : value)) as ChatterLine)
}
