import type { en } from './en.ts'
import { camera } from './ru/camera.ts'
import { chats } from './ru/chats.ts'
import { entrance } from './ru/entrance.ts'
import { frame } from './ru/frame.ts'
import { group } from './ru/group.ts'
import { history } from './ru/history.ts'
import { notices, reasons } from './ru/reasons.ts'
import { you } from './ru/you.ts'

export const ru: typeof en = { ...frame, camera, chats, entrance, group, history, notices, reasons, you }
