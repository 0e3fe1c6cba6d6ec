/** The client on Node: everything of `index.ts`, and profiles in folders. */

export {
  fetchAuthority,
  type OfferedAuthority,
  pinAuthority,
  pinnedFingerprint,
  trustOf,
} from './authority-pin.node.ts'
export { type ExamineOptions, examineProfile } from './doctor/examine.node.ts'
export type { Check, Finding, FindingName, Health } from './doctor/finding.ts'
export {
  type ExportFileOutcome,
  exportToFile,
  importFromFile,
} from './history-files.node.ts'
export * from './index.ts'
export type { NewFileOptions } from './new-file.node.ts'
export { asksForPassphrase, type OpenedProfile, openProfile, setPassphrase } from './profile.node.ts'
