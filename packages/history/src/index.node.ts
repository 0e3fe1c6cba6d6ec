export { NodeFiles } from './files.node.ts'
export { lockProfile, type ProfileLock } from './lock.node.ts'
export { openProfileKey } from './profile-key.node.ts'
