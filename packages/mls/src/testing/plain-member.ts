/** A member of a plain MLS group, by our engine and our cryptography, without what the port adds: certificates and ChatState. */
import { DecodeError, utf8 } from '@veche/protocol'
import type { ClientConfig, ClientState, KeyPackage, PrivateKeyPackage, Proposal } from 'ts-mls'
import { createGroup, joinGroup } from 'ts-mls/clientState.js'
import {
  createCommit,
  createGroupInfoWithExternalPubAndRatchetTree,
  joinGroupExternal,
} from 'ts-mls/createCommit.js'
import { createApplicationMessage } from 'ts-mls/createMessage.js'
import { defaultCapabilities } from 'ts-mls/defaultCapabilities.js'
import { decodeGroupInfo } from 'ts-mls/groupInfo.js'
import { decodeKeyPackage, generateKeyPackage } from 'ts-mls/keyPackage.js'
import { mlsExporter } from 'ts-mls/keySchedule.js'
import { defaultLifetime } from 'ts-mls/lifetime.js'
import { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from 'ts-mls/message.js'
import { processPrivateMessage, processPublicMessage } from 'ts-mls/processMessages.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import { engineConfig } from '../engine.ts'
import { suite } from '../provider.ts'
import type { Bundle, Heard } from './core-crypto.ts'

const config: ClientConfig = { ...engineConfig, authService: { validateCredential: async () => true } }

export class PlainMember {
  readonly id: string
  #package!: { publicPackage: KeyPackage; privatePackage: PrivateKeyPackage }
  #state: ClientState | undefined

  constructor(id: string) {
    this.id = id
  }

  async newKeyPackage(): Promise<Uint8Array> {
    const credential = { credentialType: 'basic' as const, identity: utf8(this.id) }
    this.#package = await generateKeyPackage(credential, defaultCapabilities(), defaultLifetime, [], suite)
    const { publicPackage: keyPackage } = this.#package
    return bare({ version: 'mls10', wireformat: 'mls_key_package', keyPackage })
  }

  async create(groupId: Uint8Array): Promise<void> {
    await this.newKeyPackage()
    const { publicPackage, privatePackage } = this.#package
    this.#state = await createGroup(groupId, publicPackage, privatePackage, [], suite, config)
  }

  async join(welcome: Uint8Array): Promise<void> {
    const message = decoded(welcome)
    if (message.wireformat !== 'mls_welcome') throw new DecodeError('not a welcome')
    const { publicPackage, privatePackage } = this.#package
    this.#state = await joinGroup(
      message.welcome,
      publicPackage,
      privatePackage,
      emptyPskIndex,
      suite,
      undefined,
      undefined,
      config,
    )
  }

  async joinExternal(groupInfo: Uint8Array): Promise<Bundle> {
    await this.newKeyPackage()
    const { publicPackage, privatePackage } = this.#package
    const [info] = decodeGroupInfo(groupInfo, 0)!
    const made = await joinGroupExternal(info, publicPackage, privatePackage, false, suite, undefined, config)
    this.#state = made.newState
    const { publicMessage } = made
    return this.#bundle({ version: 'mls10', wireformat: 'mls_public_message', publicMessage })
  }

  add(keyPackage: Uint8Array): Promise<Bundle> {
    const [decodedPackage] = decodeKeyPackage(keyPackage, 0)!
    return this.#commit({ proposalType: 'add', add: { keyPackage: decodedPackage } })
  }

  remove(id: string): Promise<Bundle> {
    const removed = this.state.ratchetTree.findIndex(
      (node) =>
        node?.nodeType === 'leaf' &&
        node.leaf.credential.credentialType === 'basic' &&
        new TextDecoder().decode(node.leaf.credential.identity) === id,
    )
    return this.#commit({ proposalType: 'remove', remove: { removed: removed / 2 } })
  }

  update(): Promise<Bundle> {
    return this.#commit()
  }

  async say(text: string): Promise<Uint8Array> {
    const { newState, privateMessage } = await createApplicationMessage(this.state, utf8(text), suite)
    this.#state = newState
    return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
  }

  async hear(bytes: Uint8Array): Promise<Heard> {
    const message = decoded(bytes)
    if (message.wireformat === 'mls_public_message') {
      const { newState } = await processPublicMessage(this.state, message.publicMessage, emptyPskIndex, suite)
      this.#state = newState
      return { kind: 'commit' }
    }
    if (message.wireformat !== 'mls_private_message') throw new DecodeError('not a message')
    const heard = await processPrivateMessage(this.state, message.privateMessage, emptyPskIndex, suite)
    this.#state = heard.newState
    if (heard.kind !== 'applicationMessage') return { kind: 'commit' }
    return { kind: 'text', text: new TextDecoder().decode(heard.message) }
  }

  async epoch(): Promise<number> {
    return Number(this.state.groupContext.epoch)
  }

  secret(): Promise<Uint8Array> {
    return mlsExporter(this.state.keySchedule.exporterSecret, 'exporter', new Uint8Array(), 32, suite)
  }

  get state(): ClientState {
    if (!this.#state) throw new Error(`${this.id} is in no group`)
    return this.#state
  }

  async #commit(...extraProposals: Proposal[]): Promise<Bundle> {
    const context = { state: this.state, cipherSuite: suite }
    const options = { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals }
    const { newState, commit, welcome } = await createCommit(context, options)
    this.#state = newState
    const bundle = await this.#bundle(commit)
    if (!welcome) return bundle
    const message: MLSMessage = { version: 'mls10', wireformat: 'mls_welcome', welcome }
    return { ...bundle, welcome: encodeMlsMessage(message) }
  }

  async #bundle(commit: MLSMessage): Promise<Bundle> {
    const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(this.state, [], suite)
    const message: MLSMessage = { version: 'mls10', wireformat: 'mls_group_info', groupInfo }
    return { commit: encodeMlsMessage(commit), groupInfo: bare(message) }
  }
}

/** Key packages and group infos are exchanged without the MLSMessage around them: so core-crypto takes them. */
function bare(message: MLSMessage): Uint8Array {
  return encodeMlsMessage(message).slice(4)
}

function decoded(bytes: Uint8Array): MLSMessage {
  const read = decodeMlsMessage(bytes, 0)
  if (!read) throw new DecodeError('not an MLS message')
  return read[0]
}
