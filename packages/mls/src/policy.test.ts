import { create as message } from '@bufbuild/protobuf'
import { AccountId, DeviceId, randomId } from '@veche/protocol'
import {
  ChatKind,
  type ChatState,
  ChatStateSchema,
  InviteSchema,
  MemberSchema,
  RightsSchema,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { describe, expect, test } from 'vitest'
import type { GroupMember } from './group.ts'
import { type CommitFacts, judgeCommit, MAX_LEAVES } from './policy.ts'
import { changed, withMember, withoutMember } from './testing/chat.ts'

const rights = message(RightsSchema, {
  write: Role.MEMBER,
  invite: Role.ADMIN,
  add: Role.MEMBER,
  remove: Role.ADMIN,
  rename: Role.ADMIN,
  keepHistory: Role.OWNER,
  joinerRole: Role.MEMBER,
})
const [owner, admin, other, reader, joiner, stranger] = Array.from({ length: 6 }, () => newId()) as [
  AccountId,
  AccountId,
  AccountId,
  AccountId,
  AccountId,
  AccountId,
]
const state = group({ [owner]: Role.OWNER, [admin]: Role.ADMIN, [other]: Role.MEMBER, [reader]: Role.READER })
const members = [owner, admin, other, reader, joiner].map(leafOf)
const before = { state, members }
const reference = new Uint8Array(32)

describe('anyone may', () => {
  allows('update their keys', reader, {})
  allows('add a device of a member', reader, { adds: [add(other)], hasPath: false })
  allows('add a device of one who came by a link', reader, { adds: [add(joiner)] })
  allows('write down who came by a link', reader, {
    next: withMember(state, { accountId: joiner }, Role.MEMBER),
  })
  allows('carry out a revocation', reader, revocation(other))
  allows('revoke a device that is not here yet', reader, {
    evidence: { ...none(), revoked: [{ accountId: other, deviceId: deviceOf(1) }] },
    next: changed(state, { revokedDevices: [DeviceId.toBytes(deviceOf(1))] }),
  })
  allows('carry out a wish to leave, even of the owner', reader, {
    removes: [member(owner)],
    next: withoutMember(state, owner),
    evidence: { ...none(), leaving: [owner] },
  })
  allows('replace a device on its request', reader, {
    adds: [{ identity: member(other), reference }],
    removes: [member(other)],
    evidence: { ...none(), replacing: [reference] },
  })
  allows('step down', admin, { next: role(admin, Role.READER) })
})

describe('A6: no commit goes without a path but one that only adds', () => {
  refuses('an empty one', owner, { hasPath: false }, 'no-path')
  refuses('a removal', owner, { ...dismissal(other), hasPath: false }, 'no-path')
  refuses(
    'a change of state',
    owner,
    { hasPath: false, next: changed(state, { profileHash: hash(1) }) },
    'no-path',
  )
})

describe('adding', () => {
  const next = withMember(state, { accountId: stranger }, Role.MEMBER)
  allows('an account, with the right', other, { adds: [add(stranger)], next })
  allows('an account to the list, for its devices to follow', other, { next })
  refuses('an account, without the right', reader, { adds: [add(stranger)], next }, 'no-right-to-add')
  refuses(
    'an account above the adder',
    other,
    {
      adds: [add(stranger)],
      next: withMember(state, { accountId: stranger }, Role.ADMIN),
    },
    'no-right-to-add',
  )
  refuses('an account that is not listed', owner, { adds: [add(stranger)] }, 'not-a-member')
  refuses(
    'A3: a device that is already here',
    owner,
    { adds: [{ identity: member(other), reference }] },
    'duplicate-device',
  )
  refuses('A3: one device twice', owner, { adds: [add(other, 1), add(other, 1)] }, 'duplicate-device')
  refuses(
    'A3: a replacement that the device did not ask for',
    owner,
    {
      adds: [{ identity: member(other), reference }],
      removes: [member(other)],
    },
    'duplicate-device',
  )
  const revoked = changed(state, { revokedDevices: [DeviceId.toBytes(deviceOf(7))] })
  refuses('a revoked device', owner, { adds: [add(other, 7)] }, 'revoked-device', { state: revoked, members })
  const banned = changed(state, { bannedAccounts: [AccountId.toBytes(stranger)] })
  refuses(
    'a banned account',
    owner,
    {
      adds: [add(stranger)],
      next: changed(next, { bannedAccounts: banned.bannedAccounts }),
    },
    'banned-account',
    { state: banned, members },
  )
  refuses(
    'a banned account to the list alone',
    owner,
    {
      next: changed(next, { bannedAccounts: banned.bannedAccounts }),
    },
    'banned-account',
    { state: banned, members },
  )
  const full = Array.from({ length: MAX_LEAVES }, (_, leaf) => ({
    ...leafOf(owner, 0),
    leaf,
    deviceId: randomId(DeviceId),
  }))
  refuses('beyond the size of a group', owner, { adds: [add(other)] }, 'too-many-devices', {
    state,
    members: full,
  })
})

describe('removing', () => {
  allows('an account of a lower rank', admin, dismissal(other))
  allows('one who came by a link', admin, { removes: [member(joiner)] })
  refuses('one’s own leaf', owner, { removes: [member(owner)] }, 'invalid-removal')
  refuses('one leaf twice', admin, { removes: [member(joiner), member(joiner)] }, 'invalid-removal')
  refuses('without the right', other, dismissal(reader), 'no-right-to-remove')
  refuses('one of the same rank', other, dismissal(joiner), 'no-right-to-remove')
  refuses('one of a higher rank', admin, dismissal(owner), 'no-right-to-remove')
  refuses('a device while its account stays', owner, { removes: [member(other)] }, 'no-right-to-remove')
  refuses('an account and leaving its device', owner, { next: withoutMember(state, other) }, 'left-behind')
  refuses('oneself by dropping out of the list', owner, { next: withoutMember(state, owner) }, 'left-behind')
  refuses(
    'one whose device comes back in the same commit',
    owner,
    { ...dismissal(other), adds: [add(other)] },
    'left-behind',
  )
  refuses(
    'from the list alone, without the right',
    other,
    { next: withoutMember(state, reader) },
    'no-right-to-remove',
    {
      state,
      members: members.filter(({ accountId }) => accountId !== reader),
    },
  )
})

describe('revoking', () => {
  const withId = (id: DeviceId) => changed(state, { revokedDevices: [DeviceId.toBytes(id)] })
  refuses(
    'without the id in the list',
    other,
    { ...revocation(reader), next: undefined },
    'unfounded-revocation',
  )
  refuses('on nobody’s word', owner, { next: withId(deviceOf(3)) }, 'unfounded-revocation')
  refuses(
    'on a stranger’s word',
    owner,
    {
      evidence: { ...none(), revoked: [{ accountId: stranger, deviceId: deviceOf(3) }] },
      next: withId(deviceOf(3)),
    },
    'unfounded-revocation',
  )
  refuses(
    'another’s device',
    owner,
    {
      evidence: { ...none(), revoked: [{ accountId: other, deviceId: member(reader).deviceId }] },
      next: withId(member(reader).deviceId),
    },
    'unfounded-revocation',
  )
  refuses('and leaving the device in', owner, { ...revocation(other), removes: [] }, 'left-behind')
  refuses('and taking it back', owner, { next: state }, 'unfounded-revocation', {
    state: withId(deviceOf(3)),
    members,
  })
})

describe('ranks', () => {
  allows('an owner makes another', owner, { next: role(other, Role.OWNER) })
  allows('an admin raises to admin', admin, { next: role(other, Role.ADMIN) })
  refuses('an admin raises above admin', admin, { next: role(other, Role.OWNER) }, 'no-right-to-change-roles')
  refuses('an admin raises themselves', admin, { next: role(admin, Role.OWNER) }, 'no-right-to-change-roles')
  refuses('an admin lowers the owner', admin, { next: role(owner, Role.MEMBER) }, 'no-right-to-change-roles')
  refuses('a member changes a role', other, { next: role(reader, Role.MEMBER) }, 'no-right-to-change-roles')
  refuses(
    'a joiner is written down as more',
    other,
    { next: role(joiner, Role.ADMIN) },
    'no-right-to-change-roles',
  )
  refuses('the last owner steps down', owner, { next: role(owner, Role.ADMIN) }, 'last-owner')
  const ownerless = withoutMember(state, owner)
  allows(
    'without an owner the highest acts as one',
    admin,
    { next: withMember(ownerless, { accountId: admin }, Role.OWNER) },
    {
      state: ownerless,
      members: members.filter(({ accountId }) => accountId !== owner),
    },
  )
})

describe('rights, invites, bans, profile', () => {
  const withRights = (change: object) =>
    changed(state, { rights: message(RightsSchema, { ...plain(rights), ...change }) })
  const invite = message(InviteSchema, { id: new Uint8Array(16), signingKey: hash(1), sealingKey: hash(2) })
  allows('an admin changes what admins have', admin, { next: withRights({ write: Role.READER }) })
  refuses(
    'an admin takes a right of owners',
    admin,
    { next: withRights({ keepHistory: Role.ADMIN }) },
    'no-right-to-change-rights',
  )
  refuses(
    'a member changes rights',
    other,
    { next: withRights({ write: Role.READER }) },
    'no-right-to-change-rights',
  )
  allows('an admin invites', admin, { next: changed(state, { invites: [invite] }) })
  refuses('a member invites', other, { next: changed(state, { invites: [invite] }) }, 'no-right-to-invite')
  const invited = changed(state, { invites: [invite] })
  for (const field of ['id', 'signingKey', 'sealingKey'] as const) {
    const swapped = message(InviteSchema, {
      ...plain(invite),
      [field]: field === 'id' ? new Uint8Array(16).fill(9) : hash(9),
    })
    refuses(
      `a member swaps an invite’s ${field}`,
      other,
      { next: changed(state, { invites: [swapped] }) },
      'no-right-to-invite',
      { state: invited, members },
    )
  }
  const swaps = {
    'opens the past to': { withHistory: true },
    'swaps the key to': { memberKeyHash: hash(1) },
    publishes: { open: true },
  }
  for (const [what, swap] of Object.entries(swaps)) {
    refuses(
      `a member ${what} an invite`,
      other,
      { next: changed(state, { invites: [message(InviteSchema, { ...plain(invite), ...swap })] }) },
      'no-right-to-invite',
      { state: invited, members },
    )
  }
  const byRequest = (change: { approve?: boolean; role?: Role; usedRequests?: Uint8Array[] }) =>
    changed(state, { invites: [message(InviteSchema, { ...plain(invite), ...change })] })
  allows('an admin makes a link for members', admin, { next: byRequest({ role: Role.ADMIN }) })
  refuses(
    'M13 an admin makes a link for owners',
    admin,
    { next: byRequest({ role: Role.OWNER }) },
    'no-right-to-invite',
  )
  const asking = { state: byRequest({ approve: true, usedRequests: [hash(1).slice(0, 16)] }), members }
  for (const [what, change] of Object.entries({
    'A5 frees a link from approval': { approve: false, role: Role.MEMBER },
    'A5 raises the role of a link': { approve: true, role: Role.ADMIN },
  })) {
    const next = byRequest({ usedRequests: [hash(1).slice(0, 16)], ...change })
    refuses(`a member ${what}`, other, { next }, 'no-right-to-invite', asking)
  }
  const used = [hash(1).slice(0, 16), hash(2).slice(0, 16)]
  const more = { next: byRequest({ approve: true, usedRequests: used }) }
  allows('who adds people writes down that a request was used', admin, more, asking)
  refuses('a reader does', reader, more, 'no-right-to-invite', asking)
  const fewer = { next: byRequest({ approve: true, usedRequests: [used[1]!] }) }
  refuses('A11 and an owner makes none good again', owner, fewer, 'no-right-to-invite', asking)
  allows('an admin renames', admin, { next: changed(state, { profileHash: hash(1) }) })
  refuses('a member renames', other, { next: changed(state, { profileHash: hash(1) }) }, 'no-right-to-rename')
  const ban = (accountId: AccountId, from = withoutMember(state, accountId)) =>
    changed(from, { bannedAccounts: [AccountId.toBytes(accountId)] })
  allows('a ban is one commit', admin, { removes: [member(other)], next: ban(other) })
  allows('a stranger is banned', admin, { next: ban(stranger) })
  refuses('a member bans', other, { next: ban(stranger) }, 'no-right-to-ban')
  refuses('the banned stays in the list', admin, { next: ban(other, state) }, 'left-behind')
  refuses('a banned joiner stays in the tree', admin, { next: ban(joiner) }, 'left-behind')
})

describe('what no commit may change', () => {
  refuses(
    'the policy version to one unknown',
    owner,
    { next: changed(state, { policyVersion: 2 }) },
    'policy-version',
  )
  refuses('the incarnation', owner, { next: changed(state, { incarnation: 1 }) }, 'fixed-field')
  const two = changed(group({ [owner]: Role.MEMBER, [other]: Role.MEMBER }), {
    kind: ChatKind.PRIVATE,
    rights: undefined as never,
  })
  const pair = { state: two, members: [leafOf(owner, 0), leafOf(other, 1)] }
  refuses('the kind', owner, { next: two }, 'fixed-field')
  allows('but a private chat takes devices of its two', other, { adds: [add(owner)] }, pair)
  refuses('a third account in a private chat', owner, { adds: [add(stranger)] }, 'not-a-member', pair)
  const three = changed(two, {
    members: [
      ...two.members.slice(1),
      message(MemberSchema, { accountId: AccountId.toBytes(stranger), role: Role.MEMBER }),
    ],
  })
  refuses('an account of a private chat', owner, { adds: [add(stranger)], next: three }, 'private-chat', pair)
  refuses(
    'and nobody leaves it',
    owner,
    { removes: [pair.members[1]!], evidence: { ...none(), leaving: [other] } },
    'no-right-to-remove',
    pair,
  )
  test('nor is it joined by a link', () => {
    expect(judgeCommit(pair, joining(stranger))).toEqual({ kind: 'refused', reason: 'private-chat' })
  })
})

describe('A5: joining by a link', () => {
  test('with a proof', () => expect(judgeCommit(before, joining(stranger))).toEqual({ kind: 'allowed' }))
  const refused = (title: string, facts: CommitFacts, reason: string, at = before) =>
    test(title, () => expect(judgeCommit(at, facts)).toEqual({ kind: 'refused', reason }))
  refused('without one', joining(stranger, { invited: 'no' }), 'not-invited')
  refused('by a link that demands to ask', joining(stranger, { invited: 'must-ask' }), 'must-ask')
  refused('bringing others', { ...joining(stranger), adds: [add(other)] }, 'not-invited')
  refused('removing others', { ...joining(stranger), removes: [member(other)] }, 'not-invited')
  refused('changing the state', { ...joining(stranger), next: state }, 'not-invited')
  refused('without a path', { ...joining(stranger), hasPath: false }, 'no-path')
  refused('as a device that is here', joining(other, { identity: member(other) }), 'duplicate-device')
  const banned = changed(state, { bannedAccounts: [AccountId.toBytes(stranger)] })
  refused('when banned', joining(stranger), 'banned-account', { state: banned, members })
  const revoked = changed(state, { revokedDevices: [DeviceId.toBytes(deviceOf(9))] })
  refused(
    'with a revoked device',
    joining(stranger, { identity: add(stranger, 9).identity }),
    'revoked-device',
    { state: revoked, members },
  )
  const full = Array.from({ length: MAX_LEAVES }, () => leafOf(owner, 0))
  refused('when the group is full', joining(stranger), 'too-many-devices', { state, members: full })
})

function allows(title: string, actor: AccountId, facts: Partial<CommitFacts>, at = before) {
  test(title, () => expect(judgeCommit(at, toFacts(actor, facts))).toEqual({ kind: 'allowed' }))
}

function refuses(title: string, actor: AccountId, facts: Partial<CommitFacts>, reason: string, at = before) {
  test(`not ${title}`, () =>
    expect(judgeCommit(at, toFacts(actor, facts))).toEqual({ kind: 'refused', reason }))
}

function toFacts(accountId: AccountId, facts: Partial<CommitFacts>): CommitFacts {
  return {
    committer: {
      kind: 'member',
      accountId,
      leaf: members.find((one) => one.accountId === accountId)?.leaf ?? 0,
    },
    hasPath: true,
    adds: [],
    removes: [],
    evidence: none(),
    ...facts,
  }
}

function joining(accountId: AccountId, joiner: object = {}): CommitFacts {
  const { identity } = add(accountId)
  return { ...toFacts(accountId, {}), committer: { kind: 'joiner', identity, invited: 'yes', ...joiner } }
}

function dismissal(accountId: AccountId): Partial<CommitFacts> {
  return { removes: [member(accountId)], next: withoutMember(state, accountId) }
}

function revocation(accountId: AccountId): Partial<CommitFacts> {
  const { deviceId } = member(accountId)
  return {
    removes: [member(accountId)],
    next: changed(state, { revokedDevices: [DeviceId.toBytes(deviceId)] }),
    evidence: { ...none(), revoked: [{ accountId, deviceId }] },
  }
}

function role(accountId: AccountId, value: Role): ChatState {
  return withMember(state, { accountId }, value)
}

function none(): CommitFacts['evidence'] {
  return { revoked: [], replacing: [], leaving: [] }
}

function add(accountId: AccountId, device = 100): CommitFacts['adds'][number] {
  return { identity: { accountId, accountKey: new Uint8Array(32), deviceId: deviceOf(device) }, reference }
}

function member(accountId: AccountId): GroupMember {
  return members.find((one) => one.accountId === accountId)!
}

function leafOf(accountId: AccountId, leaf: number): GroupMember {
  const keys = { accountKey: new Uint8Array(32), signatureKey: new Uint8Array(32) }
  return { accountId, deviceId: deviceOf(200 + leaf), leaf, ...keys }
}

function deviceOf(n: number): DeviceId {
  return DeviceId.fromBytes(new Uint8Array(16).fill(n))
}

function newId(): AccountId {
  return AccountId.fromBytes(crypto.getRandomValues(new Uint8Array(32)))
}

function hash(n: number): Uint8Array {
  return new Uint8Array(32).fill(n)
}

function group(roles: Record<string, Role>): ChatState {
  const list = Object.entries(roles).map(([id, value]) =>
    message(MemberSchema, { accountId: AccountId.toBytes(id as AccountId), role: value }),
  )
  return message(ChatStateSchema, { policyVersion: 1, kind: ChatKind.GROUP, members: list, rights })
}

function plain<T extends { $typeName: string }>({ $typeName, ...fields }: T) {
  return fields
}
