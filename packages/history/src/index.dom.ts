export { argon2id } from './argon2.dom.ts'
export { blobSource } from './blob-source.dom.ts'
