import { ChatsService, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'

test('M23 there is no way to edit or delete a message: these are all the calls and kinds of entries', () => {
  expect(ChatsService.methods.map(({ name }) => name)).toEqual([
    'RequestChat',
    'ListRequests',
    'AnswerRequest',
    'CreateChat',
    'CreateGroup',
    'RequestMember',
    'LeaveGroup',
    'RequestReplacement',
    'ResetChat',
    'FetchInvite',
    'JoinGroup',
    'ListInviteHistory',
    'RequestJoin',
    'WithdrawJoin',
    'ListInvites',
    'ListChats',
    'ListChatDevices',
    'Append',
    'SetBlocked',
    'ListEntries',
    'ListArchive',
    'ListSenders',
    'SetOwnMark',
    'ListOwnMarks',
    'SetReadMark',
    'SendSignal',
    'Subscribe',
    'Acknowledge',
    'SetKept',
  ])
  // REMOVED is what the server leaves of an entry that everybody has, where no history is kept (M22).
  expect(Object.keys(EntryKind).filter((key) => Number.isNaN(Number(key)))).toEqual([
    'UNSPECIFIED',
    'APPLICATION',
    'COMMIT',
    'REMOVED',
  ])
})
