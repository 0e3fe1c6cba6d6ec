import type { ServiceImpl } from '@connectrpc/connect'
import type { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatsContext } from '../context.ts'
import { acknowledge } from './acknowledge.ts'
import { answerRequest } from './answer-request.ts'
import { append } from './append.ts'
import { createChat } from './create-chat.ts'
import { createGroup } from './create-group.ts'
import { fetchInvite } from './fetch-invite.ts'
import { joinGroup } from './join-group.ts'
import { leaveGroup } from './leave-group.ts'
import { listArchive } from './list-archive.ts'
import { listChatDevices } from './list-chat-devices.ts'
import { listChats } from './list-chats.ts'
import { listEntries } from './list-entries.ts'
import { listInviteHistory } from './list-invite-history.ts'
import { listInvites } from './list-invites.ts'
import { listOwnMarks } from './list-own-marks.ts'
import { listRequests } from './list-requests.ts'
import { listSenders } from './list-senders.ts'
import { requestChat } from './request-chat.ts'
import { requestJoin } from './request-join.ts'
import { requestMember } from './request-member.ts'
import { requestReplacement } from './request-replacement.ts'
import { resetChat } from './reset-chat.ts'
import { sendSignal } from './send-signal.ts'
import { setBlocked } from './set-blocked.ts'
import { setKept } from './set-kept.ts'
import { setOwnMark } from './set-own-mark.ts'
import { setReadMark } from './set-read-mark.ts'
import { subscribe } from './subscribe.ts'
import { withdrawJoin } from './withdraw-join.ts'

export function chatsService(context: ChatsContext) {
  return {
    requestChat: requestChat(context),
    listRequests: listRequests(context),
    answerRequest: answerRequest(context),
    createChat: createChat(context),
    createGroup: createGroup(context),
    requestMember: requestMember(context),
    leaveGroup: leaveGroup(context),
    requestReplacement: requestReplacement(context),
    resetChat: resetChat(context),
    fetchInvite: fetchInvite(context),
    joinGroup: joinGroup(context),
    listInviteHistory: listInviteHistory(context),
    requestJoin: requestJoin(context),
    withdrawJoin: withdrawJoin(context),
    listInvites: listInvites(context),
    listChats: listChats(context),
    listChatDevices: listChatDevices(context),
    append: append(context),
    setBlocked: setBlocked(context),
    listEntries: listEntries(context),
    subscribe: subscribe(context),
    acknowledge: acknowledge(context),
    setKept: setKept(context),
    listArchive: listArchive(context),
    listSenders: listSenders(context),
    setOwnMark: setOwnMark(context),
    listOwnMarks: listOwnMarks(context),
    setReadMark: setReadMark(context),
    sendSignal: sendSignal(context),
  } satisfies ServiceImpl<typeof ChatsService>
}
