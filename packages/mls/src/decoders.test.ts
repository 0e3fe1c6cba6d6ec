/**
 * Every decoder against hostile bytes: it gives a value or one declared error, quickly, and accepts one spelling
 * only. Valid inputs are mutated; VECHE_SEED repeats a run.
 */
import { DecodeError, equalBytes, utf8 } from '@veche/protocol'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeChatState } from './chat-state.ts'
import * as mls from './index.ts'
import { MAX_HANDSHAKE_BYTES } from './mls-message.ts'
import { changed, type Participant } from './testing/chat.ts'
import { DECODER_NAMES, makeScene, type Scene } from './testing/decoders.ts'
import { addProposal, loneProposal } from './testing/evil.ts'
import { type Random, seededRandom, seedFromEnvironment } from './testing/random.ts'
import { readHandshake, readKeyPackage, readPrivateMessage, readWelcome } from './wire.ts'

const MUTANTS = process.env.VECHE_LONG === '1' ? 20_000 : 600
const seed = seedFromEnvironment()

let ann: Participant
let dan: Participant
let eve: Participant
let reader: mls.Group
let invite: mls.InviteSecret
let valid: Scene['valid']
let decoders: Scene['decoders']

beforeAll(async () => {
  process.stdout.write(`decoders: VECHE_SEED=${seed}\n`)
  ;({ ann, dan, eve, reader, invite, valid, decoders } = await makeScene())
})

describe.each(DECODER_NAMES)('%s', (name) => {
  test('takes what is valid', async () => {
    const { input, decode, reencode } = decoders[name]
    const value = await decode(input)
    expect(value).toBeDefined()
    if (reencode) expect(reencode(value as never)).toEqual(input)
  })

  test('gives one declared error for noise', async () => {
    const { error, decode } = decoders[name]
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (noise) => {
        expect(await valueOrError(() => decode(noise))).toBeInstanceOf(error)
      }),
      { seed, numRuns: 100 },
    )
  })

  test('takes nothing behind the end', async () => {
    const { input, error, decode } = decoders[name]
    const longer = new Uint8Array([...input, 0])
    expect(await valueOrError(() => decode(longer))).toBeInstanceOf(error)
  })
})

describe('receive', () => {
  test.each(['commit', 'message'] as const)(
    'refuses every mutant of a %s and changes nothing',
    { timeout: MUTANTS * 400 },
    async (input) => {
      const random = seededRandom(seed)
      expect((await mls.receive(reader, valid[input]!)).kind).not.toBe('refused')
      const before = mls.saveGroup(reader)
      for (let index = 0; index < MUTANTS; index++) {
        const mutant = mutate(valid[input]!, random)
        if (equalBytes(mutant, valid[input]!)) continue
        expect((await mls.receive(reader, mutant)).kind).toBe('refused')
      }
      expect(mls.saveGroup(reader)).toEqual(before)
    },
  )

  test('refuses what is neither commit nor message', async () => {
    for (const input of ['keyPackage', 'welcome', 'groupInfo'] as const) {
      expect(await mls.receive(reader, valid[input]!)).toMatchObject({ reason: 'malformed' })
    }
    const lone = await loneProposal(ann, addProposal(valid.keyPackage!))
    expect(await mls.receive(reader, lone)).toMatchObject({ reason: 'forbidden-proposal' })
    expect(() => readHandshake(lone)).toThrow(DecodeError)
    expect(await mls.receive(reader, new Uint8Array(MAX_HANDSHAKE_BYTES + 1))).toMatchObject({
      reason: 'malformed',
    })
    const large = await mls.encrypt(ann.group, ann.device, new Uint8Array(300 * 1024), utf8(''))
    expect(await mls.receive(reader, large.message)).toMatchObject({ reason: 'malformed' })
  })
})

describe('what the server reads', () => {
  test('of a commit', () => {
    const handshake = readHandshake(valid.commit!)
    const { groupId, epoch, ownLeaf } = ann.view
    expect(handshake).toMatchObject({
      groupId,
      epoch,
      sender: { kind: 'member', leaf: ownLeaf },
      hasPath: true,
      removes: [],
      refusedProposals: false,
    })
    expect(handshake.adds).toMatchObject([
      { identity: dan.device.certificate, signatureKey: dan.device.signaturePublicKey },
    ])
    expect(handshake.chatState?.members).toHaveLength(3)
  })

  test('of a joiner, a message, a key package and a welcome', async () => {
    const { commit } = await mls.joinExternal(eve.device, valid.groupInfo!, invite)
    expect(readHandshake(commit)).toMatchObject({
      sender: {
        kind: 'external',
        identity: eve.device.certificate,
        signatureKey: eve.device.signaturePublicKey,
      },
      refusedProposals: false,
    })
    const { groupId, epoch } = ann.view
    expect(readPrivateMessage(valid.message!)).toEqual({ groupId, epoch })
    const facts = await readKeyPackage(valid.keyPackage!)
    expect(facts).toMatchObject({ identity: { deviceId: dan.deviceId }, lastResort: false })
    expect(facts.notAfterMs - facts.notBeforeMs).toBe(91 * 86_400_000)
    expect(facts.notBeforeMs % 86_400_000).toBe(0) // M6: no time of day
    expect(readWelcome(valid.welcome!).references).toEqual([facts.reference])
    const last = await mls.newKeyPackage(dan.device, { nowMs: Date.now(), lastResort: true })
    expect(await readKeyPackage(last.keyPackage)).toMatchObject({
      lastResort: true,
      reference: last.reference,
    })
  })
})

describe('a chat state', () => {
  test('is refused when it breaks its own format', () => {
    const state = ann.view.state
    const wrong = [
      changed(state, { members: [] }),
      changed(state, { kind: 0 }),
      changed(state, { kind: 1 }),
      changed(state, { rights: undefined as never }),
      changed(state, { profileHash: new Uint8Array(5) }),
      changed(state, { revokedDevices: [new Uint8Array(5)] }),
      changed(state, { members: [state.members[0]!, state.members[0]!] }),
      changed(state, { members: [{ ...state.members[0]!, role: 9 as Role }] }),
      changed(state, { invites: [{ ...state.invites[0]!, signingKey: new Uint8Array(5) }] }),
      changed(state, { invites: [{ ...state.invites[0]!, open: true, withHistory: true }] }),
      changed(state, {
        invites: Array.from({ length: 65 }, (_, n) => ({
          ...state.invites[0]!,
          id: new Uint8Array(16).fill(n),
        })),
      }),
    ]
    for (const each of wrong) expect(() => encodeChatState(each)).toThrow(DecodeError)
  })

  test('of two accounts is refused with a role, right, ban, invite or profile that it has no use for', () => {
    const { members, bannedAccounts, ...state } = ann.view.state
    const equal = members.slice(0, 2).map((member) => ({ ...member, role: Role.MEMBER }))
    const bare = {
      ...state,
      members: equal,
      bannedAccounts,
      kind: 1,
      rights: undefined as never,
      invites: [],
    }
    expect(() => encodeChatState(bare)).not.toThrow()
    const wrong = [
      { rights: state.rights! },
      { invites: state.invites },
      { members },
      { profileHash: new Uint8Array(32) },
      { bannedAccounts: [new Uint8Array(32)] },
    ]
    for (const change of wrong) expect(() => encodeChatState({ ...bare, ...change })).toThrow(DecodeError)
  })
})

async function valueOrError(decode: () => unknown): Promise<unknown> {
  try {
    return await decode()
  } catch (error) {
    return error
  }
}

/** One to three changes: a bit, a byte, a piece cut out, doubled, or put in. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let list = [...bytes]
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(list.length)
    const piece = list.slice(at, at + 1 + random.below(8))
    const change = random.below(6)
    if (change === 0) list[at] = list[at]! ^ (1 << random.below(8))
    else if (change === 1) list[at] = random.pick([0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xff])
    else if (change === 2) list.splice(at, piece.length)
    else if (change === 3) list.splice(at, 0, ...piece)
    else if (change === 4) list.splice(at, 0, ...random.bytes(1 + random.below(4)))
    else list = list.slice(0, at + 1)
  }
  return Uint8Array.from(list)
}
