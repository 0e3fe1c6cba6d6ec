/**
 * OpenMLS, by Wire's core-crypto, in a headless Chromium: another implementation of RFC 9420 to compare the engine with. For
 * tests alone: it is under the GPL and never shipped.
 *
 * It names members as Wire names clients, `<uuid>:<device>@<domain>`, and that is the whole of their `basic` credential. So
 * these are plain groups, without ChatState and certificates.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { openBrowser } from '@veche/testkit/browsers'
import type { Page } from 'playwright-core'

export interface Bundle {
  readonly commit: Uint8Array
  readonly welcome?: Uint8Array
  /** With the ratchet tree, without an MLSMessage around it. */
  readonly groupInfo: Uint8Array
}

export type Heard = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'commit' | 'removed' }

/** A member whose keys are OpenMLS's. */
export interface CoreCryptoMember {
  readonly id: string
  newKeyPackage(): Promise<Uint8Array>
  create(groupId: Uint8Array): Promise<void>
  join(welcome: Uint8Array): Promise<void>
  joinExternal(groupInfo: Uint8Array): Promise<Bundle>
  add(keyPackage: Uint8Array): Promise<Bundle>
  remove(id: string): Promise<Bundle>
  update(): Promise<Bundle>
  say(text: string): Promise<Uint8Array>
  /** @throws Error for what it does not accept */
  hear(message: Uint8Array): Promise<Heard>
  epoch(): Promise<number>
  /** 32 bytes of the exporter that Wire uses, the same for all in an epoch. */
  secret(): Promise<Uint8Array>
}

export class CoreCrypto implements AsyncDisposable {
  readonly #page: Page
  readonly #resources: AsyncDisposableStack

  static async open(): Promise<CoreCrypto> {
    await using resources = new AsyncDisposableStack()
    const url = await serve(resources)
    const browser = resources.use(await openBrowser('chromium'))
    const page = await browser.newPage()
    await page.goto(url)
    await page.waitForFunction('globalThis.members !== undefined')
    return new CoreCrypto(page, resources.move())
  }

  private constructor(page: Page, resources: AsyncDisposableStack) {
    this.#page = page
    this.#resources = resources
  }

  async newMember(id: string): Promise<CoreCryptoMember> {
    await this.#call('open', id)
    const bytes = async (name: string, ...given: string[]) =>
      hexToBytes((await this.#call(name, id, ...given)) as string)
    const bundle = async (name: string, ...given: string[]): Promise<Bundle> => {
      const made = (await this.#call(name, id, ...given)) as Record<string, string>
      const { commit = '', welcome, groupInfo = '' } = made
      return {
        commit: hexToBytes(commit),
        groupInfo: hexToBytes(groupInfo),
        ...(welcome && { welcome: hexToBytes(welcome) }),
      }
    }
    return {
      id,
      newKeyPackage: () => bytes('keyPackage'),
      create: async (groupId) => void (await this.#call('create', id, bytesToHex(groupId))),
      join: async (welcome) => void (await this.#call('join', id, bytesToHex(welcome))),
      joinExternal: (groupInfo) => bundle('joinExternal', bytesToHex(groupInfo)),
      add: (keyPackage) => bundle('add', bytesToHex(keyPackage)),
      remove: (other) => bundle('remove', other),
      update: () => bundle('update'),
      say: (text) => bytes('say', text),
      hear: async (message) => (await this.#call('hear', id, bytesToHex(message))) as Heard,
      epoch: async () => Number(await this.#call('epoch', id)),
      secret: () => bytes('secret'),
    }
  }

  #call(name: string, ...given: string[]): Promise<unknown> {
    return this.#page.evaluate(([called, args]) => (globalThis as never as Page$).members[called]!(...args), [
      name,
      given,
    ] as const)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync()
  }
}

interface Page$ {
  readonly members: Record<string, (...given: string[]) => Promise<unknown>>
}

/** What runs in the page: bytes go in and out as hexadecimal text. */
const SCRIPT = `
import * as cc from '/corecrypto.js'
await cc.initWasmModule('/core-crypto.wasm')
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const idOf = (text) => {
  const [, uuid, device, domain] = /^(.*):(.*)@(.*)$/.exec(text)
  return new cc.ClientId(new cc.Uuid(uuid), new cc.DeviceId(BigInt('0x' + device)), domain)
}
const all = new Map()
const act = async (id, run) => {
  const one = all.get(id)
  try {
    return await one.core.transaction((context) => run(context, one))
  } catch (error) {
    throw new Error(String(error) + ' ' + JSON.stringify(error, (_key, value) => typeof value === 'bigint' ? String(value) : value))
  }
}
const committed = async (id, run) => {
  await act(id, run)
  const { commit, welcome, groupInfo } = all.get(id).bundles.at(-1)
  const bare = groupInfo.payload.slice(4) // given in an MLSMessage, and taken without
  return { commit: hex(commit), groupInfo: hex(bare), ...(welcome && { welcome: hex(welcome.serialize()) }) }
}
globalThis.members = {
  async open(id) {
    const one = { core: cc.CoreCrypto.new(await cc.Database.inMemory()), bundles: [] }
    all.set(id, one)
    const transport = {
      async sendCommitBundle(bundle) { one.bundles.push(bundle) },
      async prepareForTransport() { return new Uint8Array() },
    }
    await act(id, async (context) => {
      await context.mlsInit(idOf(id), transport)
      one.reference = await context.addCredential(cc.Credential.basic(1, idOf(id)))
    })
  },
  keyPackage: (id) => act(id, async (context, one) => hex((await context.generateKeyPackage(one.reference)).serialize())),
  create: (id, group) => act(id, async (context, one) => {
    one.group = new cc.ConversationId(unhex(group))
    await context.createConversation(one.group, one.reference, undefined)
  }),
  join: (id, welcome) => act(id, async (context, one) => {
    one.group = await context.processWelcomeMessage(new cc.Welcome(unhex(welcome)))
  }),
  joinExternal: (id, info) => committed(id, async (context, one) => {
    one.group = await context.joinByExternalCommit(new cc.GroupInfo(unhex(info)), one.reference)
  }),
  add: (id, keyPackage) => committed(id, (context, one) => context.addClientsToConversation(one.group, [new cc.KeyPackage(unhex(keyPackage))])),
  remove: (id, other) => committed(id, (context, one) => context.removeClientsFromConversation(one.group, [idOf(other)])),
  update: (id) => committed(id, (context, one) => context.updateKeyingMaterial(one.group)),
  say: (id, text) => act(id, async (context, one) => hex(await context.encryptMessage(one.group, new TextEncoder().encode(text)))),
  hear: (id, message) => act(id, async (context, one) => {
    const { tag, inner } = await context.decryptMessage(one.group, unhex(message))
    if (tag === 'Commit') return { kind: inner.isActive ? 'commit' : 'removed' }
    if (tag !== 'Text') throw new Error('heard ' + tag)
    return { kind: 'text', text: new TextDecoder().decode(inner.plaintext) }
  }),
  epoch: (id) => act(id, async (context, one) => String(await context.conversationEpoch(one.group))),
  secret: (id) => act(id, async (context, one) => {
    const secret = await context.exportSecretKey(one.group, 32)
    return hex(secret.copyBytes ? secret.copyBytes() : secret)
  }),
}
`

async function serve(resources: AsyncDisposableStack): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve('@wireapp/core-crypto/browser'))
  const wasm = entry.replace('corecrypto.js', 'autogenerated/wasm-bindgen/index_bg.wasm')
  const answers = new Map<string | undefined, readonly [type: string, body: string | Uint8Array]>([
    ['/', ['text/html', '<!doctype html><script type="module" src="/members.js"></script>']],
    ['/members.js', ['text/javascript', SCRIPT]],
    ['/corecrypto.js', ['text/javascript', await readFile(entry)]],
    ['/core-crypto.wasm', ['application/wasm', await readFile(wasm)]],
  ])
  const server = createServer((request, response) => {
    const [type, body] = answers.get(request.url) ?? ['text/plain', '']
    response.setHeader('content-type', type).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  resources.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
