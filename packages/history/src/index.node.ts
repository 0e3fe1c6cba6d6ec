export { argon2id } from './argon2.node.ts'
export { NodeFiles } from './files.node.ts'
export { lockProfile, type ProfileLock } from './lock.node.ts'
export {
  changePassphrase,
  hasPassphrase,
  type Locked,
  openProfileKey,
  type PassphraseChange,
  unlockProfileKey,
} from './profile-key.node.ts'
