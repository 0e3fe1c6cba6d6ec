export { type ServeExitCode, type ServeOptions, serve } from './serve.ts'
export { type RunningServer, type StartOptions, startServer } from './server.ts'
export { readServerConfig, type ServerConfig, settingsOf, toServerConfig } from './server-config.ts'
export { services } from './services.ts'
