/** A registered device without a client around it: the least that the server lets write and listen. */
import { randomBytes } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import { type Client, createClient, type Transport } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import * as opaque from '@serenity-kit/opaque'
import { AccountId, DeviceId, labelled } from '@veche/protocol'
import {
  AcceptancePolicy,
  AccountsService,
  RegistrationStatementSchema,
  WrappedSecretSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { openSigningKey, sign } from '../services/accounts/src/keys/ed25519.ts'
import { firstCommit, message, newPerson, type Person } from '../services/chats/src/testing/person.ts'

export interface Device {
  readonly person: Person
  readonly token: string
}

export interface Pair {
  readonly chatId: Uint8Array
  readonly senderToken: string
  readonly receiverToken: string
  /** One real message of the sender. */
  readonly application: { mlsMessage: Uint8Array; contentCiphertext: Uint8Array; wrappedKey: Uint8Array }
}

/** The server cannot see how a password is stretched; the least that there is keeps the preparation short. */
const keyStretching = { 'argon2id-custom': { iterations: 1, memory: 8, parallelism: 1 } }

export class Registrar implements Disposable {
  readonly #sessions: Http2SessionManager
  readonly #transport: Transport
  readonly #accounts: Client<typeof AccountsService>
  #registered = 0

  constructor(url: string) {
    this.#sessions = new Http2SessionManager(url)
    this.#transport = createConnectTransport({
      httpVersion: '2',
      baseUrl: url,
      sessionManager: this.#sessions,
    })
    this.#accounts = createClient(AccountsService, this.#transport)
  }

  /** For calls other than those of the hot path. */
  chats(): Client<typeof ChatsService> {
    return createClient(ChatsService, this.#transport)
  }

  /** A new account with one device, which anyone may write to. */
  async register(): Promise<Device> {
    await opaque.ready
    const { identityKey } = await this.#accounts.getServer({})
    const person = await newPerson(`bench${this.#registered++}x${randomBytes(3).toString('hex')}`)
    const statement = await this.#statement(person)
    const signature = person.sign(labelled('veche account proof v1', identityKey, statement))
    await this.#accounts.finishRegistration({ statement, signature, code: '' })
    const { token } = await this.signIn(person)
    await this.#accounts.updateSettings({ acceptance: AcceptancePolicy.ALLOWED }, as(token))
    return { person, token }
  }

  /** With a token for the next ten minutes. */
  async signIn(person: Person): Promise<Device> {
    const { identityKey } = await this.#accounts.getServer({})
    const { challenge } = await this.#accounts.createChallenge({})
    const accountId = AccountId.toBytes(person.accountId)
    const deviceId = DeviceId.toBytes(person.deviceId)
    const proof = labelled('veche device proof v1', identityKey, accountId, deviceId, challenge)
    const signature = signAsDevice(person.device.signaturePrivateKey, proof)
    const request = { challenge, accountId, deviceId, signature }
    const { accessToken } = await this.#accounts.createAccessToken(request)
    return { person, token: accessToken }
  }

  /** Two people with an open chat, both new where nobody is given. */
  async pair(known?: Device): Promise<Pair> {
    const [sender, receiver] = [await this.register(), known ?? (await this.register())]
    const chats = this.chats()
    const { right } = await chats.requestChat({ handle: receiver.person.handle }, as(sender.token))
    if (!right) throw new Error('the chat was not allowed')
    const { handshake, group } = await firstCommit(sender.person, receiver.person, right)
    const { chatId } = right
    await chats.createChat({ chatId, messageId: randomBytes(16), handshake }, as(sender.token))
    const { application } = await message(sender.person, group)
    return { chatId, senderToken: sender.token, receiverToken: receiver.token, application }
  }

  async #statement({ accountId, accountKey, handle, displayName, device }: Person): Promise<Uint8Array> {
    const password = randomBytes(16).toString('hex')
    const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password })
    const { opaqueResponse: registrationResponse } = await this.#accounts.startRegistration({
      accountId: AccountId.toBytes(accountId),
      handle,
      opaqueRequest: registrationRequest,
    })
    const finish = { password, clientRegistrationState, registrationResponse, keyStretching }
    const statement = create(RegistrationStatementSchema, {
      accountKey,
      handle,
      displayName,
      opaqueVersion: 1,
      opaqueRecord: opaque.client.finishRegistration(finish).registrationRecord,
      passwordWrap: wrap(),
      recoveryWrap: wrap(),
      recoveryVerifierHash: randomBytes(32),
      backupKey: randomBytes(32),
      deviceCertificate: device.certificate,
      deviceSignatureKey: device.signaturePublicKey,
    })
    return toBinary(RegistrationStatementSchema, statement)
  }

  [Symbol.dispose](): void {
    this.#sessions.abort()
  }
}

export function as(token: string) {
  return { headers: { authorization: `Bearer ${token}` } }
}

function wrap() {
  return create(WrappedSecretSchema, { version: 1, nonce: randomBytes(12), ciphertext: randomBytes(48) })
}

/** Ed25519 from the 32-byte seed, in the PKCS #8 of RFC 8410 section 7. */
function signAsDevice(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  return sign(openSigningKey(Buffer.concat([prefix, seed])), bytes)
}
