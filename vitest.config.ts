import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,services,apps,integrations,scripts,tests}/**/*.test.ts'],
    // One for each core: most tests wait for processes of their own, so that none is left idle.
    maxWorkers: '100%',
    // Against a test that hangs; how fast a machine is fails none.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    coverage: {
      provider: 'v8',
      include: ['{packages,services,apps}/**/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      thresholds: { lines: 80, branches: 80 },
    },
  },
})
