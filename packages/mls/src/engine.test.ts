/** The engine's defects that the patch corrects, each in its smallest case. */
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { decodeVarLenData } from 'ts-mls/codec/variableLength.js'
import { deriveSecret } from 'ts-mls/crypto/kdf.js'
import { decodeMlsMessage } from 'ts-mls/message.js'
import { getCommitSecret } from 'ts-mls/pathSecrets.js'
import { toNodeIndex } from 'ts-mls/treemath.js'
import { expect, test } from 'vitest'
import { selfCheck } from './engine.ts'
import * as mls from './index.ts'
import { suite } from './provider.ts'
import {
  addAll,
  changed,
  commitAs,
  everyoneAgrees,
  groupState,
  mustAccept,
  newParticipant,
  type Participant,
  startChat,
  withMember,
  withoutMember,
} from './testing/chat.ts'
import { derivesNextEpoch } from './testing/ghost.ts'
import { readHandshake } from './wire.ts'

test('an engine without the patch is refused with one line that says what to do', () => {
  expect(() => selfCheck()).not.toThrow()
  expect(() => selfCheck({})).toThrow(mls.EngineError)
  expect(() => selfCheck({ vechePatch: 0 })).toThrow(/npm run prepare/)
})

test('correction 1: unmerged leaves of nodes above do not keep a joiner out', async () => {
  // Seven who all committed, one added in the right half, one update from the left half.
  const everyone = await participants(9)
  const [ann, ...others] = everyone
  await startChat(groupOf(...everyone), ann!, ...others.slice(0, 6))
  const seven = everyone.slice(0, 7)
  for (const one of seven) await commitAs(one, {}, without(seven, one))
  await addAll(ann!, [everyone[7]!], {}, seven.slice(1))
  const eight = everyone.slice(0, 8)
  await commitAs(ann!, {}, without(eight, ann!))
  await addAll(ann!, [everyone[8]!], {}, eight.slice(1))
  everyoneAgrees(...everyone)
})

test('correction 2: a change of state always comes with a path, together with adds and removes', async () => {
  const everyone = await participants(4)
  const [ann, ben, cat, dan] = everyone as [Participant, Participant, Participant, Participant]
  await startChat(groupOf(ann, ben, cat, dan), ann, ben, cat)
  const renamed = changed(ann.view.state, { profileHash: new Uint8Array(32).fill(1) })
  const rename = await commitAs(ann, { state: renamed }, [ben, cat])
  expect(readHandshake(rename.commit)).toMatchObject({
    hasPath: true,
    chatState: { profileHash: renamed.profileHash },
  })
  const { keyPackage } = await dan.newKeyPackage()
  const all = await commitAs(
    ann,
    {
      add: [keyPackage],
      remove: ann.leavesOf(cat.account.accountId),
      state: withoutMember(renamed, cat.account.accountId),
    },
    [ben, cat],
  )
  await dan.join(all.welcome!)
  everyoneAgrees(ann, ben, dan)
})

test('correction 3: external_pub is a vector with its length', async () => {
  const [ann] = await participants(1)
  await startChat(groupOf(ann!), ann!)
  const { groupInfo } = await mls.commit(ann!.group, ann!.device, {})
  const message = decodeMlsMessage(groupInfo, 0)![0]
  if (message.wireformat !== 'mls_group_info') throw new Error('not a group info')
  const extension = message.groupInfo.extensions.find(({ extensionType }) => extensionType === 'external_pub')
  expect(decodeVarLenData(extension!.extensionData, 0)).toEqual([expect.any(Uint8Array), 33])
})

test('correction 4: a leaf’s ratchets are derived when it first sends', async () => {
  const [ann, ben] = await participants(2)
  await startChat(groupOf(ann!, ben!), ann!, ben!)
  const [root] = ann!.group.engine.secretTree.filter((entry) => entry !== undefined)
  expect(root).toBeInstanceOf(Uint8Array)
})

test('correction 5: who is left alone commits with a secret that the one removed does not know', async () => {
  const [ann, ben, cat] = await participants(3)
  await startChat(groupOf(ann!, ben!, cat!), ann!, ben!)
  const [removed, remove] = [ben!.group, ann!.leavesOf(ben!.account.accountId)]
  const state = withoutMember(ann!.view.state, ben!.account.accountId)
  const { commit } = await commitAs(ann!, { remove, state }, [ben!])
  expect(await derivesNextEpoch(removed, commit, ann!.group)).toBe(false)
  await addAll(ann!, [cat!], { state: withMember(state, cat!.account, Role.MEMBER) })
  everyoneAgrees(ann!, cat!)
})

test('correction 6: a blank root is no step on the way to the commit secret', async () => {
  const everyone = await participants(4)
  const [ann, ben, cat, dan] = everyone as [Participant, Participant, Participant, Participant]
  await startChat(
    groupState(everyone.map((one) => (one === cat ? toOwner(one) : toMember(one)))),
    ann,
    ben,
    cat,
    dan,
  )
  let state = cat.view.state
  for (const gone of [ann, ben]) {
    state = withoutMember(state, gone.account.accountId)
    await commitAs(cat, { remove: cat.leavesOf(gone.account.accountId), state }, [dan])
  }
  await commitAs(dan, {}, [cat])
  everyoneAgrees(cat, dan)
  const { ratchetTree } = cat.group.engine
  expect(ratchetTree.map((node) => node !== undefined)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    true,
  ])
  const secret = new Uint8Array(32).fill(7)
  expect(await getCommitSecret(ratchetTree, toNodeIndex(5), secret, suite.kdf)).toEqual(
    await deriveSecret(secret, 'path', suite.kdf),
  )
})

test('a device that is removed is told so', async () => {
  const [ann, ben] = await participants(2)
  await startChat(groupOf(ann!, ben!), ann!, ben!)
  const state = withoutMember(ann!.view.state, ben!.account.accountId)
  const { commit } = await mls.commit(ann!.group, ann!.device, {
    remove: ann!.leavesOf(ben!.account.accountId),
    state,
  })
  expect(await mustAccept(ben!, commit)).toMatchObject({
    kind: 'removed',
    committer: { deviceId: ann!.deviceId },
  })
})

function toMember({ account }: Participant): [Participant['account'], Role] {
  return [account, Role.MEMBER]
}

function toOwner({ account }: Participant): [Participant['account'], Role] {
  return [account, Role.OWNER]
}

function groupOf(...[owner, ...others]: Participant[]) {
  return groupState([toOwner(owner!), ...others.map(toMember)])
}

function participants(count: number): Promise<Participant[]> {
  return Promise.all(Array.from({ length: count }, () => newParticipant()))
}

function without(list: Participant[], one: Participant): Participant[] {
  return list.filter((other) => other !== one)
}
