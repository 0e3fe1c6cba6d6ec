/** Every decoder of this package, with valid input: for tests that give them other input. */
import { DecodeError, utf8 } from '@veche/protocol'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { beginningExtension, decodeBeginning } from '../beginning.ts'
import { decodeChatState, encodeChatState } from '../chat-state.ts'
import { decodeEvidence, encodeEvidence } from '../commit-evidence.ts'
import { HANDOVER_EXTENSION, openHandover, sealHandover } from '../handover.ts'
import * as mls from '../index.ts'
import { openPrivatePart } from '../key-package.ts'
import { decodeAnyMessage, MAX_HANDSHAKE_BYTES } from '../mls-message.ts'
import {
  readHandshake,
  readJoinRequest,
  readKeyPackage,
  readPrivateMessage,
  readWelcome,
  verifyLeaveWish,
} from '../wire.ts'
import { commitAs, groupState, newParticipant, type Participant, startChat, withMember } from './chat.ts'

interface Decoder {
  /** A valid input. */
  readonly input: Uint8Array
  readonly error: abstract new (...args: never[]) => Error
  readonly decode: (bytes: Uint8Array) => unknown
  /** Mutants that decode are other values, not other spellings. Not so for what only this device writes. */
  readonly reencode?: (value: never) => Uint8Array
}

export const DECODER_NAMES = [
  'decodeAnyMessage',
  'readHandshake',
  'readPrivateMessage',
  'readKeyPackage',
  'readWelcome',
  'verifyCertificate',
  'verifyRevocation',
  'verifyLeaveWish',
  'readJoinRequest',
  'decodeChatState',
  'decodeBeginning',
  'decodeEvidence',
  'encodeEvidence',
  'loadGroup',
  'loadPending',
  'applyDelta',
  'openPrivatePart',
  'join',
  'joinExternal',
  'openHandover',
] as const
const BEGINNING = { kept: 300n, keptHash: new Uint8Array(32).fill(5), position: 1n << 20n }
type DecoderName = (typeof DECODER_NAMES)[number]

/** A group of two, with whatever its members can send; `ann` has committed what `reader`, which is ben, has not seen. */
export interface Scene {
  readonly ann: Participant
  readonly dan: Participant
  readonly eve: Participant
  readonly reader: mls.Group
  readonly invite: mls.InviteSecret
  readonly valid: Readonly<Record<'keyPackage' | 'commit' | 'welcome' | 'groupInfo' | 'message', Uint8Array>>
  readonly decoders: Readonly<Record<DecoderName, Decoder>>
}

export async function makeScene(): Promise<Scene> {
  const [ann, ben, dan, eve] = await Promise.all([
    newParticipant(),
    newParticipant(),
    newParticipant(),
    newParticipant(),
  ])
  const linkSeed = crypto.getRandomValues(new Uint8Array(32))
  const live = await mls.newInvite(linkSeed)
  const askingSeed = crypto.getRandomValues(new Uint8Array(32))
  const invite: mls.InviteSecret = { id: live.id, seed: linkSeed }
  const state = groupState(
    [
      [ann.account, Role.OWNER],
      [ben.account, Role.MEMBER],
    ],
    { invites: [live, { ...(await mls.newInvite(askingSeed)), approve: true }] },
  )
  await startChat(state, ann, ben)
  await commitAs(ben, {}, [ann])
  const { account, deviceId, device } = ben
  const { keyPackage, reference } = await dan.newKeyPackage()
  const { groupId, epoch } = ben.view
  const leave = await mls.requestLeave(device, groupId, epoch)
  const revocation = await mls.revokeDevice(account.signAs, account.accountKey, deviceId)
  const pending = await mls.commit(ann.group, ann.device, {
    add: [keyPackage],
    state: withMember(state, dan.account, Role.MEMBER),
  })
  const reader = ben.group
  const sent = await mls.encrypt(ann.group, ann.device, utf8('hello'), utf8('aad'))
  const valid = {
    keyPackage,
    commit: pending.commit,
    welcome: pending.welcome!,
    groupInfo: pending.groupInfo,
    pending: pending.saved,
    group: mls.saveGroup(pending.next),
    message: sent.message,
    delta: sent.delta,
    certificate: device.certificate,
    revocation,
    chatState: encodeChatState(state),
    evidence: encodeEvidence({ revocations: [revocation], leaveRequests: [leave], data: utf8('mine') }),
    replacement: await mls.requestReplacement(device, groupId, epoch, reference),
    privatePart: [...dan.privateParts.values()][0]!,
  }

  const decoders: Record<DecoderName, Decoder> = {
    decodeAnyMessage: {
      input: valid.commit,
      error: DecodeError,
      decode: (bytes) => decodeAnyMessage(bytes, MAX_HANDSHAKE_BYTES),
      reencode: encodeMlsMessage as never,
    },
    readHandshake: { input: valid.commit, error: DecodeError, decode: readHandshake },
    readPrivateMessage: { input: valid.message, error: DecodeError, decode: readPrivateMessage },
    readKeyPackage: { input: valid.keyPackage, error: DecodeError, decode: readKeyPackage },
    readWelcome: { input: valid.welcome, error: DecodeError, decode: readWelcome },
    verifyCertificate: {
      input: valid.certificate,
      error: DecodeError,
      decode: (bytes) => mls.verifyCertificate(bytes, ben.device.signaturePublicKey),
    },
    verifyRevocation: { input: valid.revocation, error: DecodeError, decode: mls.verifyRevocation },
    verifyLeaveWish: {
      input: leave,
      error: DecodeError,
      decode: (bytes) => verifyLeaveWish(bytes, ben.view),
    },
    readJoinRequest: {
      input: await mls.requestJoin(ann.view.chatId, askingSeed, (await eve.newKeyPackage()).keyPackage),
      error: DecodeError,
      decode: (bytes) => readJoinRequest(bytes, ann.view.chatId, state),
    },
    decodeChatState: {
      input: valid.chatState,
      error: DecodeError,
      decode: decodeChatState,
      reencode: encodeChatState as never,
    },
    decodeBeginning: {
      input: beginningExtension(BEGINNING).extensionData,
      error: DecodeError,
      decode: decodeBeginning,
      reencode: ((beginning: mls.Beginning) => beginningExtension(beginning).extensionData) as never,
    },
    decodeEvidence: { input: valid.evidence, error: DecodeError, decode: decodeEvidence },
    encodeEvidence: {
      input: valid.replacement,
      error: DecodeError,
      decode: (bytes) => encodeEvidence({ replaceRequests: [bytes] }),
    },
    loadGroup: { input: valid.group, error: DecodeError, decode: mls.loadGroup },
    loadPending: { input: valid.pending, error: DecodeError, decode: mls.loadPending },
    applyDelta: { input: valid.delta, error: DecodeError, decode: (bytes) => mls.applyDelta(reader, bytes) },
    openPrivatePart: {
      input: valid.privatePart,
      error: DecodeError,
      decode: (bytes) => openPrivatePart(bytes, dan.device),
    },
    join: {
      input: valid.welcome,
      error: mls.JoinError,
      decode: (bytes) =>
        mls.join(dan.device, bytes, (reference) => dan.privateParts.get(reference.toString())),
    },
    joinExternal: {
      input: valid.groupInfo,
      error: mls.JoinError,
      decode: (bytes) => mls.joinExternal(eve.device, bytes, invite),
    },
    // Of what is no such thing nothing comes, and the chat is entered without it: here that is the declared error.
    openHandover: {
      input: await sealHandover([{ keyPackage, text: utf8('keys') }]),
      error: DecodeError,
      decode: async (extensionData) => {
        const own = openPrivatePart(valid.privatePart, dan.device)
        const extension = { extensionType: HANDOVER_EXTENSION, extensionData }
        const opened = await openHandover([extension as never], reference, own.privateKeys.initPrivateKey)
        if (!opened) throw new DecodeError('handover: nothing for this key package')
        return opened
      },
    },
  }
  return { ann, dan, eve, reader, invite, valid, decoders }
}
