export { groupOf, groupViewOf } from './chat-on-disk.ts'
export { EvilLine } from './evil-line.ts'
export {
  EvilServer,
  introduce,
  listen,
  noticesOf,
  type Scene,
  say,
  textsOf,
  type Victim,
} from './evil-server.ts'
export { Operator } from './operator.ts'
export { type Pair, PairScene } from './pair-scene.ts'
export { type GroupStory, groupStories } from './random/group-steps.ts'
export { findingsIn } from './random/judge.ts'
export { play, playInGroups, type Stage, setGroupScene, setScene } from './random/play.ts'
export { type Step, stories } from './random/steps.ts'
export { type EntryFate, ShownLog } from './shown-log.ts'
export * from './tampering.ts'
