/**
 * Prints a golden state: what a release saved, and messages that it must still read. Kept for ever, one for each
 * version of saved records: node packages/mls/src/testing/make-golden.ts > packages/mls/golden/v<version>.json
 */
import { utf8 } from '@veche/protocol'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import * as mls from '../index.ts'
import { addAll, commitAs, groupState, newParticipant, startChat } from './chat.ts'

const [ann, ben, cat] = [await newParticipant(), await newParticipant(), await newParticipant()]
const members = [ann, ben, cat].map(({ account }): [typeof account, Role] => [account, Role.OWNER])
await startChat(groupState(members), ann, ben)
const early = await mls.encrypt(ann.group, ann.device, utf8('of the epoch before'), utf8(''))
await addAll(ann, [cat], {}, [ben])
await commitAs(cat, {}, [ann, ben])
const group = mls.saveGroup(ben.group)
const sent = await mls.encrypt(cat.group, cat.device, utf8('of this epoch'), utf8(''))
const received = await mls.receive(ben.group, sent.message)
if (received.kind !== 'application') throw new Error(received.kind)
const late = await mls.encrypt(sent.group, cat.device, utf8('after a delta'), utf8(''))
const pending = await mls.commit(ben.group, ben.device, {})
const { commit } = await mls.commit(cat.group, cat.device, {})

const golden = {
  group,
  early: early.message,
  message: sent.message,
  delta: received.delta,
  late: late.message,
  commit,
  pending: pending.saved,
}
const inHex = Object.entries(golden).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])
process.stdout.write(`${JSON.stringify(Object.fromEntries(inHex), null, 2)}\n`)
