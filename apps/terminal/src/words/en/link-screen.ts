import { counted } from '../language.ts'

export const linkScreen = {
  title: (group: string) => `Invite links into ${group}`,
  make: 'Make a link',
  none: 'No links lead into the group now.',
  told: 'Whoever has a link can join: give it only to those who may. Enter on one: take it back.',
  terms: (until: string, uses: number, maxUses: number) => `until ${until} · came: ${uses} of ${maxUses}`,
  reads: { history: 'with history', later: 'from now on' },
  over: (uses: number) => `over · came: ${uses}`,
  openLink: 'open group: everybody who finds it',
  headings: { days: 'How long it is good', uses: 'For whom', history: 'What they read' },
  days: (days: number) => counted('en', days, { one: 'day', other: 'days' }),
  forOne: 'one person',
  forAll: 'everybody who has it',
  fromNowOn: 'what is written from now on',
  withHistory: 'also what was written before',
  made: 'Whoever has this link can join the group. It is shown this once; Ctrl+T hides the lists, to select and copy it.',
  askRevoke: 'Nobody will join by this link any more. Who came by it stays in the group.',
  revoke: 'Take the link back',
  gone: 'The link is taken back: nobody joins by it any more.',
}
