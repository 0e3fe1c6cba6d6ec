import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,services,apps,scripts,tests}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['{packages,services,apps}/**/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      thresholds: { lines: 80, branches: 80 },
    },
  },
})
