/** Bundles the widget. @returns the whole script */
export function buildScript(): Promise<string>
