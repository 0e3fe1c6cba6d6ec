/** Where a profile is kept unless the person says otherwise. */
import { isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * `VECHE_PROFILE`, or the platform's place for a program's data: the XDG data folder on Linux,
 * Application Support on macOS, the local (not roaming) application data on Windows.
 */
export function defaultProfileFolder(env: Environment, platform: string, home: string): string {
  return env.VECHE_PROFILE || join(dataFolder(env, platform, home), 'veche')
}

function dataFolder(env: Environment, platform: string, home: string): string {
  switch (platform) {
    case 'win32':
      return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
    case 'darwin':
      return join(home, 'Library', 'Application Support')
    default: {
      const xdg = env.XDG_DATA_HOME
      // The XDG specification has relative paths ignored.
      return xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share')
    }
  }
}
