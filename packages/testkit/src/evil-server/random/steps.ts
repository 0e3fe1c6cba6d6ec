/** A story of random traffic and random lies, as data: it can be printed, repeated and made shorter. */
import fc from 'fast-check'

/** People by number; a lie concerns what one of them is told. */
export type Step =
  | { readonly do: 'say'; readonly who: number; readonly to: number; readonly texts: number }
  | { readonly do: 'listen'; readonly who: number }
  | { readonly do: 'meet'; readonly who: number; readonly to: number }
  | { readonly do: 'restart'; readonly who: number }
  | { readonly do: 'lie'; readonly who: number; readonly lies: readonly Lie[] }
  | { readonly do: 'honest'; readonly who: number }

export type Lie =
  /** In the place of the nth entry of each log from now on. */
  | { readonly about: 'entry'; readonly nth: number; readonly how: EntryLie }
  | { readonly about: 'call'; readonly rpc: Rpc; readonly how: CallLie; readonly times: number }
  | { readonly about: 'answer'; readonly how: AnswerLie }
  | { readonly about: 'inbox'; readonly how: InboxLie }

export const ENTRY_LIES = [
  'left-out',
  'doubled',
  'swapped',
  'held',
  'removed',
  'replayed',
  'from-another-chat',
  'forged-message',
  'forged-commit',
  'forged-as-own',
  'altered-message',
  'altered-content',
  'altered-wrapped-key',
  'altered-message-id',
  'altered-account',
  'altered-device',
  'altered-kind',
  'altered-epoch',
] as const
export type EntryLie = (typeof ENTRY_LIES)[number]

const RPCS = [
  'Append',
  'CreateChat',
  'ListEntries',
  'Acknowledge',
  'RequestChat',
  'AnswerRequest',
  'ClaimKeyPackages',
  'UploadKeyPackages',
  'GetOwnAccount',
  'CreateAccessToken',
  'CreateGroup',
  'RequestMember',
  'LeaveGroup',
  'FetchInvite',
  'JoinGroup',
  'ListChatDevices',
] as const
export type Rpc = (typeof RPCS)[number]
const CALL_LIES = ['lost', 'unanswered', 'repeated'] as const
export type CallLie = (typeof CALL_LIES)[number]
const ANSWER_LIES = [
  'position',
  'head',
  'stock',
  'key-package',
  'peer',
  'peer-of-another-handle',
  'stale-epoch',
  'roster',
  'ghost',
  'invite',
  'join-position',
  'join-hash',
] as const
export type AnswerLie = (typeof ANSWER_LIES)[number]
const INBOX_LIES = [
  'dropped',
  'doubled',
  'welcome-hash',
  'welcome-position',
  'welcome-peer',
  'welcome-profile',
  'forged-answer',
  'forged-request',
  'forged-welcome',
] as const
export type InboxLie = (typeof INBOX_LIES)[number]

export const ANY_LIE: fc.Arbitrary<Lie> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      about: fc.constant('entry' as const),
      nth: fc.integer({ min: 1, max: 3 }),
      how: fc.constantFrom(...ENTRY_LIES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      about: fc.constant('call' as const),
      rpc: fc.constantFrom(...RPCS),
      how: fc.constantFrom(...CALL_LIES),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ about: fc.constant('answer' as const), how: fc.constantFrom(...ANSWER_LIES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ about: fc.constant('inbox' as const), how: fc.constantFrom(...INBOX_LIES) }),
  },
)

export function stories(people: number): fc.Arbitrary<Step[]> {
  const who = fc.nat({ max: people - 1 })
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('say' as const),
        who,
        to: who,
        texts: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('listen' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('meet' as const), who, to: who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), who }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('lie' as const),
        who,
        lies: fc.array(ANY_LIE, { minLength: 1, maxLength: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('honest' as const), who }) },
  )
  return fc.array(step, { minLength: 4, maxLength: 14, size: 'max' })
}
