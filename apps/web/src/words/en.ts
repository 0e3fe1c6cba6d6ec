import { camera } from './en/camera.ts'
import { chats } from './en/chats.ts'
import { entrance } from './en/entrance.ts'
import { frame } from './en/frame.ts'
import { group } from './en/group.ts'
import { history } from './en/history.ts'
import { notices, reasons } from './en/reasons.ts'
import { you } from './en/you.ts'

export const en = { ...frame, camera, chats, entrance, group, history, notices, reasons, you }
