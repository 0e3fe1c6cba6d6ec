/** Icons of Lucide, drawn as vnodes. Beside each stands a word, or its button has a name. */
import {
  ArrowDown,
  ArrowLeft,
  AtSign,
  BellOff,
  Check,
  CheckCheck,
  CircleUser,
  Clock,
  CloudOff,
  Copy,
  Ellipsis,
  FileLock,
  HardDrive,
  Info,
  KeyRound,
  Link,
  LogOut,
  MessageCircle,
  MonitorSmartphone,
  Pin,
  Plus,
  Printer,
  Reply,
  RotateCcw,
  ScanQrCode,
  Search,
  SendHorizontal,
  Server,
  ServerOff,
  Settings,
  ShieldBan,
  ShieldCheck,
  TriangleAlert,
  Users,
  X,
} from 'lucide'
import { h, type JSX, type SVGAttributes } from 'preact'

const icons = {
  about: Info,
  back: ArrowLeft,
  blocked: ShieldBan,
  close: X,
  copy: Copy,
  delivered: CheckCheck,
  device: HardDrive,
  devices: MonitorSmartphone,
  down: ArrowDown,
  groups: Users,
  history: FileLock,
  invite: Link,
  leave: LogOut,
  more: Ellipsis,
  muted: BellOff,
  named: AtSign,
  offline: CloudOff,
  password: KeyRound,
  pinned: Pin,
  plus: Plus,
  print: Printer,
  private: MessageCircle,
  reply: Reply,
  resend: RotateCcw,
  scan: ScanQrCode,
  search: Search,
  send: SendHorizontal,
  sent: Check,
  server: Server,
  serverOff: ServerOff,
  settings: Settings,
  verified: ShieldCheck,
  waiting: Clock,
  warning: TriangleAlert,
  you: CircleUser,
} as const

export type IconName = keyof typeof icons

/** @param label where nothing else says what it means */
export function Icon({ name, label }: { readonly name: IconName; readonly label?: string }): JSX.Element {
  const named =
    label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label }
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it is named by aria-label, or hidden beside a word
    <svg class="icon" viewBox="0 0 24 24" {...named}>
      {icons[name].map(([tag, attributes]) => h(tag, attributes as SVGAttributes))}
    </svg>
  )
}
