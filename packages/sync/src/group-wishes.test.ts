import { commit, isBanned, listedRole, newKeyPackage, PolicyError, view } from '@veche/mls'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { expect, test } from 'vitest'
import {
  type Wish,
  withBan,
  withNewMember,
  withoutBan,
  withoutMember,
  withRights,
  withRoles,
} from './group-wishes.ts'
import { createGroupPair } from './testing/group.ts'
import { newSide, type Side } from './testing/pair.ts'

/** Does what is wished of the group, as far as its rules allow it. */
async function fulfil({ chat, device }: Side, wish: Wish) {
  const intent = wish(view(chat.group))
  if (!intent) throw new Error('nothing to do')
  const { next } = await commit(chat.group, device, intent)
  expect(wish(view(next))).toBeUndefined()
  return view(next)
}

test('M13 each wish is done by one commit that members accept, and is then done', async () => {
  const { alice, bob } = await createGroupPair()
  const { accountId } = bob.identity
  expect(listedRole((await fulfil(alice, withRoles([accountId, Role.ADMIN]))).state, accountId)).toBe(
    Role.ADMIN,
  )
  const handedOver = withRoles([accountId, Role.OWNER], [alice.identity.accountId, Role.ADMIN])
  expect((await fulfil(alice, handedOver)).state.members.map(({ role }) => role).sort()).toEqual([
    Role.ADMIN,
    Role.OWNER,
  ])
  expect((await fulfil(alice, withRights({ write: Role.ADMIN }))).state.rights).toMatchObject({
    write: Role.ADMIN,
    add: Role.ADMIN,
  })
  expect((await fulfil(alice, withoutMember(accountId))).members).toHaveLength(1)
  const banned = await fulfil(alice, withBan(accountId))
  expect([banned.members.length, isBanned(banned.state, accountId)]).toEqual([1, true])
  const carol = await newSide('carol')
  const { keyPackage } = await newKeyPackage(carol.device, { nowMs: Date.now() })
  const added = await fulfil(alice, withNewMember(carol.identity.accountId, Role.MEMBER, [keyPackage]))
  expect(added.members.map((member) => member.accountId)).toContain(carol.identity.accountId)
})

test('M13 what is so already takes no commit', async () => {
  const { alice, bob } = await createGroupPair()
  const stranger = (await newSide('carol')).identity.accountId
  const { accountId } = bob.identity
  const group = view(alice.chat.group)
  for (const wish of [
    withRoles([accountId, Role.MEMBER]),
    withRoles([stranger, Role.ADMIN]),
    withRoles([accountId, Role.OWNER], [stranger, Role.ADMIN]),
    withRights({ write: Role.MEMBER }),
    withRights({}),
    withNewMember(accountId, Role.MEMBER, []),
    withoutMember(stranger),
    withoutBan(accountId),
  ]) {
    expect(wish(group)).toBeUndefined()
  }
})

test('M13 what a member may not do is no commit', async () => {
  const { alice, bob } = await createGroupPair()
  const { accountId } = alice.identity
  for (const wish of [
    withRoles([bob.identity.accountId, Role.OWNER]),
    withRoles([accountId, Role.READER]),
    withRights({ write: Role.READER }),
    withoutMember(accountId),
    withBan(accountId),
  ]) {
    await expect(fulfil(bob, wish)).rejects.toThrow(PolicyError)
  }
})
